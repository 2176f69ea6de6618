"""What exercise 14b is checked on: shares by hand, places that are not there, large scores, and both passes."""

import numpy as np

from minisat.nn import Softmax
from minisat.teaching.asking import Pair, agree, fixed, parts, wrong_unless


def cases(work):
    """Yield what gradcheck is to hold against numbers, and a sentence for each thing that is right."""
    rng = np.random.default_rng(1212)
    scores, p = rng.standard_normal((3, 4)), {"t": np.array([0.6])}
    all_there = np.ones((3, 4), bool)
    some = np.array([[True, True, True, True], [True, False, True, True], [False, True, False, False]])
    agree("alpha of look, where every place is there,", _alpha(work, scores, all_there, p),
          Softmax()(np.exp(0.6) * scores))
    yield "look: shares with a temperature"
    alpha = _alpha(work, scores, some, p)
    stray = float(np.abs(np.asarray(alpha, float) * ~some).max())
    wrong_unless(stray == 0, f"A place that is not there gets a share of {stray:.3g}, and should get exactly 0.")
    right = np.zeros((3, 4))
    for row, there in enumerate(some):
        right[row, there] = Softmax()(np.exp(0.6) * scores[row, there])
    agree("alpha of look, where some places are not there,", alpha, right)
    with np.errstate(all="ignore"):
        far = _alpha(work, np.where(some, 300 * scores, 1e6), some, p)
    wrong_unless(np.isfinite(far).all(), "alpha of look is not finite where scores are large, and where the largest of "
                 "all belongs to a place that is not there: subtract the largest of those that are there.")
    yield "look: nothing for places that are not there, however large their scores"
    pair = Pair("look", work.look, work.look_back, p)
    yield "every place is there", pair, (scores, all_there), {}
    yield "some places are not there", pair, (scores, some), {}
    yield "look_back: agrees with the numbers"


def _alpha(work, scores, there, p):
    alpha, _ = parts("look", work.look(*fixed((scores, there, p))), 2)
    return alpha
