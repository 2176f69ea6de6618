"""What the words of a minibatch add to gates, query and look: one product for each different word, not for each place.

Captions repeat themselves: of 700 words some 250 are different ones.
"""

from typing import NamedTuple

import numpy as np


class Words(NamedTuple):
    """The different words of R places."""

    ids: np.ndarray    # (U,)
    place: np.ndarray  # (R,) which of them stands there
    W: np.ndarray      # (M, K) the matrices that multiply a word, beside each other
    of_word: np.ndarray  # (R, K) their products


def weights_of_word(step, M):
    """The matrices of an attention step that multiply a word (M, 4H + …): of the gates; of the query and the look."""
    score, cell = step.score, step.cell
    H, A = cell.W_h.shape[0], score.v.shape[0]
    parts, asked = [cell.W_x.data[:M]], score.W_h.data[H:]
    sentinel = getattr(step, "sentinel", None)
    if len(asked) or sentinel is not None:
        parts.append(asked if len(asked) else np.zeros((M, A), asked.dtype))
    if sentinel is not None:
        parts.append(sentinel.W_x.data)
    return np.hstack(parts) if len(parts) > 1 else parts[0]


def multiply(model, words_in):
    """words_in (R,) ids → their Words."""
    ids, place = np.unique(words_in, return_inverse=True)
    E = model.embedding.W.data
    W = weights_of_word(model.attend, E.shape[1])
    return Words(ids, place, W, (E[ids] @ W)[place])


def multiply_backward(model, words, d_of_word, dembedded):
    """d_of_word (R, K) and further dembedded (R, M): adds to the gradients of step and embedding."""
    M, step = dembedded.shape[1], model.attend
    order = np.argsort(words.place, kind="stable")
    starts = np.searchsorted(words.place[order], np.arange(len(words.ids)))
    d = np.add.reduceat(d_of_word[order], starts, axis=0)         # (U, K): a word's gradients of all its places
    dW = model.embedding.W.data[words.ids].T @ d
    H, A = step.cell.W_h.shape[0], step.score.v.shape[0]
    step.cell.W_x.grad[:M] += dW[:, :4 * H]
    if len(step.score.W_h.data) > H:
        step.score.W_h.grad[H:] += dW[:, 4 * H:4 * H + A]
    if hasattr(step, "sentinel"):
        step.sentinel.W_x.grad += dW[:, 4 * H + A:]
    dwords = d @ words.W.T
    dwords += np.add.reduceat(dembedded[order], starts, axis=0)
    model.embedding.W.grad[words.ids] += dwords                   # the ids are different ones
