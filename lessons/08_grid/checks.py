"""What exercise 8 is checked on: maps that are not square, so that nothing can be mixed up unseen; the mean; both."""

import numpy as np

from minisat.nn import Conv2d, Sequential


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(7)
    yield "places, one filter", exercise.Places(), (rng.standard_normal((1, 1, 2, 3)),), {}
    yield "places", exercise.Places(), (rng.standard_normal((2, 4, 2, 3)),), {}
    yield "mean", exercise.Mean(), (rng.standard_normal((2, 6, 3)),), {}
    whole = Sequential(Conv2d(1, 3, 2, rng=rng), exercise.Places(), exercise.Mean())
    yield "filters, places, mean", whole, (rng.standard_normal((2, 1, 3, 4)),), {}
