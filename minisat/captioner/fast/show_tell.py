"""The fast twin of ShowTell's decoding steps on the CPU, for the LSTM.

What makes it fast: a word's share of the gates is computed when it is first said and kept, and so is a photo's where
it joins every word; the softmax is made in place, in blocks that stay in the cache.
"""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.captioner.fast.threads import each
from minisat.captioner.show_tell import ShowTell
from minisat.nn import LSTMCell
from minisat.nn.fast import sigmoid_in_place

BLOCK = 2**17  # logits a block: half a MiB of float32


class FastShowTellState(NamedTuple):
    """What decoding remembers of every caption being written."""

    h: np.ndarray         # (N, H)
    c: np.ndarray         # (N, H)
    of_image: np.ndarray  # (N, 4H) what the photo adds to the gates at every word; (N, 0) where it came first alone


class FastShowTell:
    """Speaks the protocol of its captioner, with the same numbers; NumPy only. Make it anew when weights change."""

    def __init__(self, captioner):
        self.captioner = captioner
        V, gates = captioner.embedding.W.shape[0], captioner.cell.W_x.shape[1]
        self.of_word = np.empty((V, gates), captioner.cell.W_x.data.dtype)
        self.known = np.zeros(V, bool)  # the words whose row of `of_word` is there

    @staticmethod
    def fits(captioner):
        """Whether there is a twin for `captioner`: Show and Tell with an LSTM, on the CPU."""
        return (isinstance(captioner, ShowTell) and isinstance(captioner.cell, LSTMCell)
                and get_array_module(captioner.W_o.W.data) is np)

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        state = self.captioner.start(features)
        joins = self.captioner.image_every_step
        of_image = state.image @ self.captioner.cell.W_x.data if joins else state.image[:, :0]
        return FastShowTellState(*state.recurrent, of_image)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, None, None)."""
        cell, W_o = self.captioner.cell, self.captioner.W_o
        H = state.h.shape[1]
        gates = state.h @ cell.W_h.data
        gates += self._of_word(ids)
        if state.of_image.shape[1]:
            gates += state.of_image
        i_f, g, o = sigmoid_in_place(gates[:, :2 * H]), gates[:, 2 * H:3 * H], sigmoid_in_place(gates[:, 3 * H:])
        c = i_f[:, H:] * state.c                                      # c = f c_prev + i g
        c += i_f[:, :H] * np.tanh(g, out=g)
        h = np.tanh(c)
        h *= o                                                        # h = o tanh(c)
        log_probs = h @ W_o.W.data
        _log_softmax_in_place(log_probs, W_o.b.data)
        return log_probs, FastShowTellState(h, c, state.of_image), None, None

    def select(self, state, index):
        """The state of captions `index` (K,), in that order; an entry may come twice."""
        return FastShowTellState(*(x[index] for x in state))

    def _of_word(self, ids):
        """The words' share of the gates, the bias in it: (N, 4H)."""
        new = np.unique(ids[~self.known[ids]])
        if len(new):
            cell = self.captioner.cell
            self.of_word[new] = self.captioner.embedding.W.data[new] @ cell.W_x.data + cell.b.data
            self.known[new] = True
        return self.of_word[ids]


def _log_softmax_in_place(x, b):
    """x (N, V) becomes log softmax(x + b), b (V,)."""
    rows = max(1, BLOCK // x.shape[1])

    def block(start):
        part = x[start:start + rows]
        part += b
        part -= part.max(axis=1, keepdims=True)
        part -= np.log(np.exp(part).sum(axis=1, keepdims=True))
    each(block, [(start,) for start in range(0, len(x), rows)])
