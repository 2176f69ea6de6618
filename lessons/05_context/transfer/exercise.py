"""Exercise 5b: a bag that knows the order, with a vector for each place of the window.

To the bag of the lesson, *dog bites man* and *man bites dog* are the same. So give each place b of the window a vector
c_b, which is learnt like the rest, and let it scale what stands there, number by number (Mikolov et al. 2018):

    h = 1/|B| Σ_b c_b W_b        (c_b W_b multiplied entry by entry; the sum over real words)

Write both passes, then run: minisat lesson check 5b
"""

import numpy as np


def bag(ids, mask, p):
    """ids (N, B), mask (N, B), true for a word and false for padding → h (N, M), cache. p["W"] (V, M), p["c"] (B, M).

    |B| counts the real words of a bag; each bag has one at least. The cache is whatever your way back needs.
    """
    return np.zeros((len(ids), p["W"].shape[1])), None


def bag_back(dh, cache, p, grads):
    """dh (N, M) → (None, None): neither ids nor mask has a gradient. Adds to grads["W"] and grads["c"]."""
    return None, None
