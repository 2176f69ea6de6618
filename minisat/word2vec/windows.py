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
    """(K, 2 window) bool: entry (i, j) says whether word i has its j-th neighbour, at place i + offsets(window)[j].

    It must be in the same sentence (K,), and not further away than radius (K,), word i's own window, 1..window: a
    window drawn anew for each word gives near words more weight than far ones (Mikolov et al. 2013a, section 3.2).
    """
    K, steps = len(sentence), offsets(window)
    padded = np.full(K + 2 * window, -1, sentence.dtype)
    padded[window:K + window] = sentence
    found = padded[np.arange(K)[:, None] + (steps + window)] == sentence[:, None]
    if radius is not None:
        found &= np.abs(steps) <= radius[:, None]
    return found


def offsets(window):
    """(2 window,) int: -window … -1, 1 … window."""
    return np.delete(np.arange(-window, window + 1), window)


def draw_radius(rng, count, window, dynamic):
    """(count,) int: each word's window, uniform in 1..window; None, the whole window for all, if not `dynamic`."""
    return rng.integers(1, window + 1, count) if dynamic else None
