"""Which words stand near which: thinning frequent words out, then windows that end where the sentence does."""

import numpy as np


def keep_probabilities(counts, threshold):
    """(V,) float32: with which probability an occurrence of each word is kept.

    With f the word's share of the corpus and t the threshold: √(t/f) + t/f, at most 1. That is what word2vec.c does;
    the paper's √(t/f) (Mikolov et al. 2013b, eq. 5) is a little lower. A threshold of 0 keeps everything.
    """
    if threshold == 0:
        return np.ones(len(counts), np.float32)
    ratio = threshold * counts.sum() / counts
    return np.minimum(1, np.sqrt(ratio) + ratio).astype(np.float32)


def subsample(ids, sentence, keep, rng):
    """The occurrences ids (K,), sentence (K,) that are kept, drawn by `keep` (V,). Words close up over a gap."""
    kept = rng.random(len(ids), np.float32) < keep[ids]
    return ids[kept], sentence[kept]


def neighbours(sentence, window, radius=None):
    """(centres (P,), contexts (P,)): the places of all pairs of neighbours, in order of centres.

    A neighbour is in the same sentence (K,), and not further away than radius (K,), the centre's own window from
    1..window: drawn anew for each word, it gives near words more weight than far ones (Mikolov et al. 2013a, section
    3.2); without `radius` every window is whole.
    """
    K = len(sentence)
    padded = np.full(max(K, 1) + 2 * window, -1, sentence.dtype)
    padded[window:K + window] = sentence
    steps = np.arange(-window, window + 1, dtype=np.int32)
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * window + 1)[:K] == sentence[:, None]
    near[:, window] = False  # no word is its own neighbour
    if radius is not None:
        near &= np.abs(steps) <= radius[:, None]
    centres, j = np.nonzero(near)
    return centres, centres + (j - window)


def draw_radius(rng, count, window, dynamic):
    """(count,) int32: each word's window, uniform in 1..window; None, the whole window for all, if not `dynamic`."""
    return rng.integers(1, window + 1, count, dtype=np.int32) if dynamic else None
