"""Exercise 11b: the right start for any activation.

The page says what a ReLU needs, √2 / √D_in, and nothing of other activations f. Let z, what a layer gives before its
activation, be normal with mean 0 and variance 1. The next layer, f(z) W, keeps that variance if σ² D_in E[f(z)²] = 1.
So σ = gain / √D_in. Write the gain of any f, and the weights.

Replace the lines that return, then run: minisat lesson check 11b
"""

import numpy as np


def gain(f):
    """f, a function of arrays → the number gain for which a stack of layers keeps the size 1; right to 0.1 %."""
    return 1.0


def weights(f, D_in, D_out, rng):
    """The first weights (D_in, D_out) of a layer that comes after the activation f, drawn with rng, mean 0."""
    return np.zeros((D_in, D_out))
