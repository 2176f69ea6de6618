"""The affine map y = x W + b."""

from typing import NamedTuple

import numpy as np

from minisat.nn import init
from minisat.nn.module import Module, Parameter


class LinearCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray  # (..., D_in)


class Linear(Module):
    """y = x W + b over the last axis.

    W (D_in, D_out), b (D_out,) or None with `bias=False`. `weight_init(rng, shape)` draws W (Xavier uniform
    unless given); b starts at zero.
    """

    def __init__(self, D_in, D_out, *, bias=True, rng=None, weight_init=init.xavier_uniform):
        rng = np.random.default_rng(rng)
        self.W = Parameter(weight_init(rng, (D_in, D_out)))
        self.b = Parameter(init.zeros((D_out,))) if bias else None

    def forward(self, x):
        """x (..., D_in) → y (..., D_out)."""
        # One 2-D product for any number of leading axes: a 3-D `@` is a slow path on the GPU.
        y = x.reshape(-1, x.shape[-1]) @ self.W.data
        if self.b is not None:
            y += self.b.data
        return y.reshape(*x.shape[:-1], y.shape[1]), LinearCache(x)

    def backward(self, dy, cache):
        """dy (..., D_out) → dx (..., D_in). Adds to dW = xᵀ dy and db = Σ dy."""
        (x,) = cache
        x2, dy2 = x.reshape(-1, x.shape[-1]), dy.reshape(-1, dy.shape[-1])
        self.W.grad += x2.T @ dy2                      # y = x W  ⇒  dW = xᵀ dy
        if self.b is not None:
            self.b.grad += dy2.sum(axis=0)             # b is added to every row  ⇒  db = Σ dy
        return (dy2 @ self.W.data.T).reshape(x.shape)  # y = x W  ⇒  dx = dy Wᵀ
