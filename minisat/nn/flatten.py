"""From a map to one vector: what stands between the convolutions and the linear layers of a classifier."""

from typing import NamedTuple

from minisat.nn.module import Module


class FlattenCache(NamedTuple):
    """What backward remembers: the input's shape."""

    shape: tuple


class Flatten(Module):
    """All axes but the first become one, in reading order."""

    def forward(self, x):
        """x (N, C, h, w) → (N, C·h·w)."""
        return x.reshape(len(x), -1), FlattenCache(x.shape)

    def backward(self, dy, cache):
        """dy (N, C·h·w) → dx (N, C, h, w)."""
        (shape,) = cache
        return dy.reshape(shape)
