"""What exercise 1 is checked on: the affine layer alone, then inside a network."""

import numpy as np

from minisat.nn import Sequential, Tanh


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(1)
    yield "Affine", exercise.Affine(3, 2, rng=rng), (rng.standard_normal((4, 3)),), {}
    network = Sequential(exercise.Affine(3, 4, rng=rng), Tanh(), exercise.Affine(4, 2, rng=rng))
    yield "Affine, Tanh, Affine", network, (rng.standard_normal((2, 3)),), {}
