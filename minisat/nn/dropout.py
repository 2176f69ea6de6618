"""Dropout: some entries are set to zero, the others grow so that the mean stays."""

from typing import NamedTuple

import numpy as np

from minisat.backend import uniform
from minisat.nn.module import Module


class DropoutCache(NamedTuple):
    """What backward remembers."""

    mask: np.ndarray | None  # 0 or 1/(1-p) per entry; None when nothing was dropped


class Dropout(Module):
    """y = x · mask, where an entry of the mask is 0 with probability `p` and 1/(1-p) otherwise.

    (Srivastava et al. 2014, scaled while training so that evaluation is the identity.) `p` in [0, 1).
    """

    def __init__(self, p=0.5):
        if not 0 <= p < 1:
            raise ValueError(f"The share of dropped entries must be in [0, 1), not {p}.")
        self.p = p

    @property
    def active(self):
        """Whether forward drops anything: only in training mode."""
        return self.training and self.p > 0

    def draw(self, shape, rng, like):
        """A fresh mask of `shape`, with the dtype and the home of the array `like`."""
        return (uniform(rng, shape, like) >= self.p).astype(like.dtype) * (1.0 / (1.0 - self.p))

    def forward(self, x, rng=None, mask=None):
        """x → y, same shape. While active, the mask is drawn with `rng` unless it is given."""
        if not self.active:
            return x, DropoutCache(None)
        if mask is None:
            if rng is None:
                raise ValueError("Dropout in training mode needs an rng or a mask; model.eval() switches it off.")
            mask = self.draw(x.shape, rng, x)
        return x * mask, DropoutCache(mask)

    def backward(self, dy, cache):
        """dy → dx."""
        (mask,) = cache
        return dy if mask is None else dy * mask  # y = x mask  ⇒  dx = dy mask
