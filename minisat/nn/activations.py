"""Elementwise nonlinearities, and the softmax."""

from typing import NamedTuple

import numpy as np

from minisat.backend import fused, get_array_module, twinned
from minisat.nn.module import Module


class OutputCache(NamedTuple):
    """What backward remembers: these derivatives are simplest in terms of the output."""

    y: np.ndarray


class InputCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray


@twinned
def sigmoid(x):
    """σ(x) = 1 / (1 + e^-x), without overflow for any x."""
    xp = get_array_module(x)
    e = xp.exp(-xp.abs(x))                     # never larger than 1
    return xp.where(x >= 0, 1.0, e) / (1.0 + e)  # for x < 0: e^x / (1 + e^x)


@fused
def sigmoid_backward(dy, y):
    """y = σ(x)  ⇒  dx = dy y (1 - y)."""
    return dy * y * (1.0 - y)


@fused
def tanh_backward(dy, y):
    """y = tanh(x)  ⇒  dx = dy (1 - y²)."""
    return dy * (1.0 - y * y)


class ReLU(Module):
    """y = max(x, 0); the derivative at 0 is taken as 0."""

    def forward(self, x):
        """x, any shape → y, the same shape."""
        y = get_array_module(x).maximum(x, 0)
        return y, OutputCache(y)

    def backward(self, dy, cache):
        """dy → dx."""
        (y,) = cache
        return dy * (y > 0)  # y = x where x > 0  ⇒  dx = dy there


class LeakyReLU(Module):
    """y = x where x > 0, `slope` x elsewhere (Maas et al. 2013)."""

    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        """x, any shape → y, the same shape."""
        return get_array_module(x).where(x > 0, x, self.slope * x), InputCache(x)

    def backward(self, dy, cache):
        """dy → dx."""
        (x,) = cache
        return get_array_module(dy).where(x > 0, dy, self.slope * dy)  # y = slope x  ⇒  dx = slope dy


class ReLU6(Module):
    """y = min(max(x, 0), 6) (Krizhevsky 2010), as MobileNet uses it."""

    def forward(self, x):
        """x, any shape → y, the same shape."""
        xp = get_array_module(x)
        y = xp.minimum(xp.maximum(x, 0), 6)
        return y, OutputCache(y)

    def backward(self, dy, cache):
        """dy → dx."""
        (y,) = cache
        return dy * ((y > 0) & (y < 6))  # y = x between 0 and 6  ⇒  dx = dy there


class Tanh(Module):
    """y = tanh(x)."""

    def forward(self, x):
        """x, any shape → y, the same shape."""
        y = get_array_module(x).tanh(x)
        return y, OutputCache(y)

    def backward(self, dy, cache):
        """dy → dx = dy (1 - y²)."""
        (y,) = cache
        return tanh_backward(dy, y)


class Sigmoid(Module):
    """y = σ(x) = 1 / (1 + e^-x)."""

    def forward(self, x):
        """x, any shape → y, the same shape."""
        y = sigmoid(x)
        return y, OutputCache(y)

    def backward(self, dy, cache):
        """dy → dx = dy y (1 - y)."""
        (y,) = cache
        return sigmoid_backward(dy, y)


class Softmax(Module):
    """y_i = e^(x_i) / Σ_j e^(x_j) over the last axis."""

    def forward(self, x):
        """x (..., L) → y (..., L), positive, summing to 1."""
        e = get_array_module(x).exp(x - x.max(axis=-1, keepdims=True))  # a shift cancels; e^x cannot overflow
        y = e / e.sum(axis=-1, keepdims=True)
        return y, OutputCache(y)

    def backward(self, dy, cache):
        """dy → dx."""
        (y,) = cache
        # ∂y_j/∂x_i = y_j (δ_ij - y_i)  ⇒  dx_i = y_i (dy_i - Σ_j dy_j y_j)
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
