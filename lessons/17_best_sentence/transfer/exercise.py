"""Exercise 17b: one step of a beam, which the page uses and does not write.

Replace the line that returns, then run: minisat lesson check 17b
"""

import numpy as np


def widen(totals, log_p, width):
    """The best `width` ways to go on.

    totals (K,): Σ log p of each of K beginnings; log_p (K, V): log p of each next word after each of them. Returns
    (parents, words, totals), each as long as there are ways, at most `width`, best first: which beginning is continued,
    with which word, and its Σ log p then. Where two are equally good, the earlier beginning comes first, then the
    smaller word. A word whose log p is −inf is no way to go on.
    """
    return np.zeros(0, int), np.zeros(0, int), np.zeros(0)
