"""Positions: a vector of waves is added to each word, since attention by itself does not see the order of words."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


class PositionsCache(NamedTuple):
    """What was added to each word, for the pictures; backward needs none of it."""

    waves: np.ndarray  # (T, M)


class Positions(Module):
    """y_t = √M x_t + p_t,  p_t,2i = sin(t / 10000^(2i/M)),  p_t,2i+1 = cos of the same

    (Vaswani et al. 2017, section 3.5; the √M, of their section 3.4, makes the words as large as the waves). Nothing is
    learnt, and no sentence is too long. A shift by k words turns each pair (sin, cos) by an angle that is the same at
    every t, so "k words before" is a question that a matrix can ask.
    """

    def forward(self, x, first=0):
        """x (..., T, M), the words number `first`, `first` + 1, … of their sentences → y (..., T, M)."""
        xp = get_array_module(x)
        T, M = x.shape[-2:]
        entry = xp.arange(M)
        speed = 10000.0 ** (-2.0 * (entry // 2) / M)
        angle = xp.arange(first, first + T)[:, None] * speed + entry % 2 * (np.pi / 2)  # cos a = sin(a + π/2)
        waves = xp.sin(angle).astype(x.dtype)
        return x * M**0.5 + waves, PositionsCache(waves)

    def backward(self, dy, cache):
        """dy (..., T, M) → dx (..., T, M)."""
        return dy * dy.shape[-1]**0.5  # y = √M x + p  ⇒  dx = √M dy
