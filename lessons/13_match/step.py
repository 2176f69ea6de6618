"""The numbers of this lesson's page as a page to step through: `minisat lesson step match` makes it."""

import numpy as np

import minisat
from minisat.nn import AdditiveScore, Linear, log_softmax


def page():
    """Five places, of which the third is the right one."""
    rng = np.random.default_rng(0)
    a, h = rng.standard_normal((1, 5, 4)), rng.standard_normal((1, 3))
    keys = Linear(4, 6, bias=False, rng=1).astype("float64")(a)
    score = AdditiveScore(6, 3, rng=3).astype("float64")
    de = np.exp(log_softmax(score(keys, h))) - np.array([[0.0, 0.0, 1.0, 0.0, 0.0]])
    return minisat.step_page(score, keys, h, upstream=de, title="How to score a match: the third place is right")
