"""What exercise 20 is checked on: frozen, live, live on one photo, and between a convolution and a bend."""

import numpy as np

from minisat.nn import Buffer, Conv2d, Sequential, Tanh, freeze


def _layer(exercise, C, rng):
    """A Normalise of C channels in training mode, its arrays as if it had learnt for a while."""
    layer = exercise.Normalise(C).train()
    for array in (layer.gamma.data, layer.beta.data, layer.running_mean.data):
        array[...] = rng.standard_normal(C)
    layer.running_var.data[...] = rng.uniform(0.5, 2.0, C)
    return layer


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(18)
    yield "frozen", freeze(_layer(exercise, 2, rng), Buffer), (rng.standard_normal((2, 2, 2, 3)),), {}
    yield "live", _layer(exercise, 2, rng), (rng.standard_normal((3, 2, 2, 2)) + 0.5,), {}
    yield "live, a single photo", _layer(exercise, 3, rng), (rng.standard_normal((1, 3, 2, 3)),), {}
    block = Sequential(Conv2d(2, 3, 3, padding=1, bias=False, rng=rng), _layer(exercise, 3, rng), Tanh())
    yield "Conv2d, BatchNorm, Tanh", block, (rng.standard_normal((2, 2, 3, 3)),), {}
