"""Layer normalisation: every vector is brought to mean 0 and variance 1, alone, whatever the batch."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import init
from minisat.nn.module import Module, Parameter


class LayerNormCache(NamedTuple):
    """What backward remembers."""

    x_hat: np.ndarray    # (..., D) normalised input
    inv_std: np.ndarray  # (..., 1) 1 / √(var + eps)


class LayerNorm(Module):
    """y = gain · (x − mean) / √(var + eps) + shift, over the last axis  (Ba et al. 2016, eq. 4).

    gain, shift (D,), or neither with `affine=False`: before a linear layer its weights can do both.
    """

    def __init__(self, D, *, affine=True, eps=1e-5):
        self.eps = eps
        self.gain = Parameter(init.constant(1.0)(None, (D,))) if affine else None
        self.shift = Parameter(init.zeros((D,))) if affine else None

    def forward(self, x):
        """x (..., D) → y (..., D)."""
        xp = get_array_module(x)
        x_hat = x - x.mean(axis=-1, keepdims=True)
        var = xp.square(x_hat).mean(axis=-1, keepdims=True)
        inv_std = 1.0 / xp.sqrt(var + self.eps)
        x_hat *= inv_std
        y = x_hat if self.gain is None else x_hat * self.gain.data + self.shift.data
        return y, LayerNormCache(x_hat, inv_std)

    def backward(self, dy, cache):
        """dy (..., D) → dx (..., D)."""
        x_hat, inv_std = cache
        if self.gain is not None:
            rows = tuple(range(dy.ndim - 1))
            self.gain.grad += (dy * x_hat).sum(axis=rows)    # y = gain x_hat + shift  ⇒  dgain = Σ dy x_hat
            self.shift.grad += dy.sum(axis=rows)             #                            dshift = Σ dy
            dy = dy * self.gain.data                         #                            dx_hat = dy gain
        # mean and var depend on x: take out of dx_hat what shifting and stretching the vector would undo.
        stretch = (dy * x_hat).mean(axis=-1, keepdims=True)
        return (dy - dy.mean(axis=-1, keepdims=True) - x_hat * stretch) * inv_std
