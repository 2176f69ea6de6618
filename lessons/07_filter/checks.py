"""What exercise 7 is checked on: one filter, several channels, a border of zeros, strides that leave pixels out."""

import numpy as np

from minisat.nn import MaxPool2d, Sequential


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(6)
    yield "one filter", exercise.Filters(1, 1, 2, rng=rng), (rng.standard_normal((1, 1, 3, 3)),), {}
    yield "channels, filters, pictures", exercise.Filters(2, 3, 2, rng=rng), (rng.standard_normal((2, 2, 3, 4)),), {}
    yield "padding", exercise.Filters(2, 2, 3, padding=1, rng=rng), (rng.standard_normal((2, 2, 3, 4)),), {}
    yield "stride", exercise.Filters(1, 2, 2, stride=3, rng=rng), (rng.standard_normal((2, 1, 6, 7)),), {}
    yield "stride and padding", exercise.Filters(2, 2, 3, 2, 1, rng=rng), (rng.standard_normal((1, 2, 4, 5)),), {}
    first, second = exercise.Filters(1, 2, 3, padding=1, rng=rng), exercise.Filters(2, 1, 2, rng=rng)
    yield "filters, max, filters", Sequential(first, MaxPool2d(2), second), (rng.standard_normal((1, 1, 4, 6)),), {}
