"""From a map to a grid: a list of locations, for attention to choose from."""

from typing import NamedTuple

from minisat.nn.module import Module


class GridCache(NamedTuple):
    """What backward remembers: the map's shape."""

    shape: tuple  # (N, D, h, w)


class Grid(Module):
    """Location row · w + column has as its D features what the D channels hold there."""

    def forward(self, x):
        """x (N, D, h, w) → features (N, L, D), L = h·w, row by row."""
        N, D, h, w = x.shape
        return x.transpose(0, 2, 3, 1).reshape(N, h * w, D), GridCache(x.shape)

    def backward(self, dfeatures, cache):
        """dfeatures (N, L, D) → dx (N, D, h, w): every number goes back to its place."""
        ((N, D, h, w),) = cache
        return dfeatures.reshape(N, h, w, D).transpose(0, 3, 1, 2)
