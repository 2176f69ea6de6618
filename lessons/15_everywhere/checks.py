"""What exercise 15 is checked on: no padding, padding, and the authors' way of averaging with a strength."""

import numpy as np


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(13)
    alphas = rng.dirichlet(np.ones(5), (3, 4))
    full, padded = np.ones((3, 4), bool), np.arange(4) < np.array([[4], [2], [1]])
    yield "no padding", exercise.Penalty(), (alphas, full), {}
    yield "padding", exercise.Penalty(), (alphas, padded), {}
    yield "arctic, another strength", exercise.Penalty(2.0, "arctic"), (alphas, padded), {}
