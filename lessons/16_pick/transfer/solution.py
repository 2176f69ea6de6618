"""Exercise 16b, solved: the best baseline.

Two ways to get it wrong:

* J. It would be best if all draws moved the scores equally far. But a place that is drawn rarely moves them most, as
  onehot(s) − alpha is longest then, and so its cost counts more (Greensmith, Bartlett & Baxter 2004).
* The mean of all costs. Places that are never drawn have no say.
"""

import numpy as np


def estimates(alpha, costs, b):
    """alpha (L,), costs (L,), b, a number → (L, L): row s is g when place s is drawn."""
    return (costs - b)[:, None] * (np.eye(len(alpha)) - alpha)


def variance(alpha, costs, b):
    """How far g is from its average, Euclidean distance squared, on average over the draws: a number."""
    g = estimates(alpha, costs, b)
    return alpha @ ((g - alpha @ g) ** 2).sum(axis=1)


def best_baseline(alpha, costs):
    """The b for which the variance is smallest: a number."""
    weight = alpha * ((np.eye(len(alpha)) - alpha) ** 2).sum(axis=1)   # how often, times how far it moves the scores
    return weight @ costs / weight.sum()    # Σ_s w_s (c_s − b)² is least where its slope, −2 Σ_s w_s (c_s − b), is 0
