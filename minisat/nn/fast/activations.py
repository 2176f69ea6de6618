"""The sigmoid without a copy."""

import numpy as np


def sigmoid_in_place(x):
    """σ(x) in place, as ½ tanh(x/2) + ½: NumPy's tanh is vectorised and never overflows."""
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5
    return x
