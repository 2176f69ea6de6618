"""Layers without weights that join inputs or reduce them: add, multiply, concatenate, average, scale."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Buffer, Module


class CountCache(NamedTuple):
    """What backward of `Add` remembers."""

    count: int


class Add(Module):
    """y = a + b + …, any number of inputs of one shape."""

    def forward(self, *inputs):
        """inputs, all of one shape → their sum."""
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total, CountCache(len(inputs))

    def backward(self, dy, cache):
        """dy → a tuple with dy for every input: each enters with factor 1."""
        (count,) = cache
        return (dy,) * count


class FactorsCache(NamedTuple):
    """What backward of `Multiply` remembers."""

    a: np.ndarray
    b: np.ndarray


def sum_to_shape(dy, shape):
    """Sum `dy` over the axes along which an array of `shape` was broadcast: a copy's gradients add."""
    axes = tuple(i for i, (long, short) in enumerate(zip(dy.shape, shape)) if long != short)
    return dy.sum(axis=axes, keepdims=True) if axes else dy


class Multiply(Module):
    """y = a · b, elementwise; axes of length 1 are broadcast, as in beta (N, 1) · context (N, D)."""

    def forward(self, a, b):
        """a, b with the same number of axes → a · b."""
        return a * b, FactorsCache(a, b)

    def backward(self, dy, cache):
        """dy → (da, db)."""
        a, b = cache
        da = sum_to_shape(dy * b, a.shape)  # y = a b  ⇒  da = dy b
        db = sum_to_shape(dy * a, b.shape)  # y = a b  ⇒  db = dy a
        return da, db


class WidthsCache(NamedTuple):
    """What backward of `Concatenate` remembers."""

    widths: tuple  # the last axis of each input


class Concatenate(Module):
    """The inputs side by side on the last axis."""

    def forward(self, *inputs):
        """inputs (..., D_k) → (..., Σ D_k)."""
        y = get_array_module(inputs[0]).concatenate(inputs, axis=-1)
        return y, WidthsCache(tuple(x.shape[-1] for x in inputs))

    def backward(self, dy, cache):
        """dy (..., Σ D_k) → a tuple of (..., D_k): each input's own columns."""
        (widths,) = cache
        parts, start = [], 0
        for width in widths:
            parts.append(dy[..., start:start + width])
            start += width
        return tuple(parts)


class WeightedSumCache(NamedTuple):
    """What backward of `WeightedSum` remembers."""

    alpha: np.ndarray     # (N, L)
    features: np.ndarray  # (N, L, D)


class WeightedSum(Module):
    """context = Σ_i alpha_i a_i, the soft attention of Xu et al. 2015, eq. 13."""

    def forward(self, alpha, features):
        """alpha (N, L), features (N, L, D) → context (N, D)."""
        context = (alpha[:, None, :] @ features)[:, 0]  # N products (1, L) @ (L, D)
        return context, WeightedSumCache(alpha, features)

    def backward(self, dcontext, cache):
        """dcontext (N, D) → (dalpha (N, L), dfeatures (N, L, D))."""
        alpha, features = cache
        dalpha = (features @ dcontext[:, :, None])[:, :, 0]    # dalpha_i = a_i · dcontext
        dfeatures = alpha[:, :, None] * dcontext[:, None, :]   # da_i = alpha_i dcontext
        return dalpha, dfeatures


class LocationsCache(NamedTuple):
    """What backward of `MeanOverLocations` remembers."""

    L: int


class MeanOverLocations(Module):
    """y = (1/L) Σ_i a_i: the mean feature, from which the first LSTM state is made."""

    def forward(self, features):
        """features (N, L, D) → (N, D)."""
        return features.mean(axis=1), LocationsCache(features.shape[1])

    def backward(self, dy, cache):
        """dy (N, D) → dfeatures (N, L, D)."""
        (L,) = cache
        return get_array_module(dy).repeat(dy[:, None, :] / L, L, axis=1)  # every a_i enters with factor 1/L


class ScaleCache(NamedTuple):
    """What backward of `Scale` remembers: the number that forward divided by."""

    scale: np.ndarray


class Scale(Module):
    """y = x / scale. The Buffer `scale` () is measured once, not learnt."""

    def __init__(self, value):
        self.scale = Buffer(np.array(value, np.float32))

    def forward(self, x):
        """x, any shape → y, the same shape."""
        return x / self.scale.data, ScaleCache(self.scale.data)

    def backward(self, dy, cache):
        """dy → dx."""
        (scale,) = cache
        return dy / scale  # y = x / scale  ⇒  dx = dy / scale
