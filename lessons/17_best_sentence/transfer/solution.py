"""Exercise 17b, solved: one step of a beam.

Two ways to get it wrong:

* The best `width` words of *each* beginning: that is a tree of width^t sentences, or, cut to one each, a beam that
  never lets a good beginning have two children.
* Ranking by log p alone: a likely word after an unlikely beginning is no likely sentence.
"""

import numpy as np


def widen(totals, log_p, width):
    """The best `width` ways to go on: (parents, words, totals), best first."""
    scores = totals[:, None] + log_p                          # (K, V): every way there is
    order = np.argsort(-scores, axis=None, kind="stable")     # stable: the first of equals stays first
    order = order[np.isfinite(scores.reshape(-1)[order])][:width]
    parents, words = np.divmod(order, log_p.shape[1])         # row and column of a place in the flattened table
    return parents, words, scores[parents, words]
