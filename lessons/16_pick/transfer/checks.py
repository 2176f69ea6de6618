"""What exercise 16b is checked on: the lesson's table, other places, and neighbours of the best baseline."""

import numpy as np

from minisat.nn import Softmax
from minisat.teaching.asking import agree, fixed, wrong_unless

ALPHA, COSTS = Softmax()(np.array([1.0, 1.5, 0.0, 0.0])), np.array([0.2, 2.6, 1.4, 1.4])  # the lesson's
J = float(ALPHA @ COSTS)


def cases(work):
    """Yield a sentence for each thing that is right."""
    rng = np.random.default_rng(1414)
    others = [(rng.dirichlet(np.ones(L)), rng.uniform(0, 3, L)) for L in (2, 5, 9)]
    for alpha, costs in ((ALPHA, COSTS), *others):
        for b in (0.0, 1.7):
            right = np.array([(costs[s] - b) * (np.eye(len(alpha))[s] - alpha) for s in range(len(alpha))])
            agree(f"g of {len(alpha)} places with b = {b}", work.estimates(*fixed((alpha, costs)), b), right)
    yield "estimates: a row for each place that may be drawn"
    for b, told in ((0.0, 1.32), (J, 0.24)):
        found = work.variance(*fixed((ALPHA, COSTS)), b)
        agree(f"The variance with b = {b:.2f}, in the lesson {told},", found, _variance(ALPHA, COSTS, b))
    for alpha, costs in others:
        agree(f"The variance of {len(alpha)} places with b = 1.7", work.variance(*fixed((alpha, costs)), 1.7),
              _variance(alpha, costs, 1.7))
    yield "variance: 1.32 without a baseline and 0.24 with J, as in the lesson"
    for alpha, costs in ((ALPHA, COSTS), *others):
        found, best = work.best_baseline(*fixed((alpha, costs))), _best(alpha, costs)
        wrong_unless(np.ndim(found) == 0, "best_baseline is to return one number.")
        wrong_unless(abs(found - alpha @ costs) > 1e-9, f"b = {found:.4g} is J, with a variance of "
                     f"{_variance(alpha, costs, found):.4f}. There is a b with {_variance(alpha, costs, best):.4f}.")
        wrong_unless(abs(found - best) < 1e-6, f"With b = {found:.4g} the variance is "
                     f"{_variance(alpha, costs, found):.4f}. There is a b with {_variance(alpha, costs, best):.4f}.")
    best = _best(ALPHA, COSTS)
    yield f"best_baseline: {best:.2f} for the lesson's places, with a variance of {_variance(ALPHA, COSTS, best):.2f}"


def _variance(alpha, costs, b):
    """Draw by draw."""
    g = [(cost - b) * (np.eye(len(alpha))[s] - alpha) for s, cost in enumerate(costs)]
    mean = sum(p * row for p, row in zip(alpha, g))
    return sum(p * float(((row - mean) ** 2).sum()) for p, row in zip(alpha, g))


def _best(alpha, costs):
    """Where the parabola through three variances is lowest."""
    low, middle, high = (_variance(alpha, costs, b) for b in (-1.0, 0.0, 1.0))
    return (low - high) / (2 * (low - 2 * middle + high))
