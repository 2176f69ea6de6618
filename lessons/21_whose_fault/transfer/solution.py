"""Exercise 21b, solved: how far two judges agree.

Two ways to get it wrong:

* q = 1/3, because there are three verdicts. Judges who say *true* nine times out of ten agree far more often by chance.
* `>=` for equal scores. A score that gives every caption the same number would then be a perfect judge.
"""

import numpy as np


def agreement(first, second):
    """The verdicts of two judges on the same captions, two lists of words → (p, κ)."""
    first, second = np.array(first), np.array(second)
    p = (first == second).mean()
    q = sum((first == verdict).mean() * (second == verdict).mean() for verdict in {*first, *second})
    return p, (p - q) / (1 - q) if q < 1 else 0.0


def ranked(true, false):
    """Scores of true captions (n,), of false ones (m,) → the share of all n · m pairs where the true one is higher."""
    apart = np.subtract.outer(true, false)                  # (n, m): every true one against every false one
    return ((apart > 0) + 0.5 * (apart == 0)).mean()
