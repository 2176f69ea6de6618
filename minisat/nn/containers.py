"""Layers put together: one after the other, side by side, or around a shortcut."""

from typing import NamedTuple

from minisat.backend import get_array_module
from minisat.nn.module import Module


def _forward(layer, x, rng):
    """Pass `rng` on to the layers that can use it."""
    return layer.forward(x, rng=rng) if layer.takes_rng else layer.forward(x)


def _infer(layer, x, rng):
    """The same without the cache."""
    return layer(x, rng=rng) if layer.takes_rng else layer(x)


class SequentialCache(NamedTuple):
    """What backward remembers: the cache of each layer, in forward order."""

    caches: tuple


class Sequential(Module):
    """y = f_K(… f_2(f_1(x))). Layers with one input and one output; parameters are `layers.0.W` and so on."""

    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x, rng=None):
        """x → y; `rng` reaches every stochastic layer inside."""
        caches = []
        for layer in self.layers:
            x, cache = _forward(layer, x, rng)
            caches.append(cache)
        return x, SequentialCache(tuple(caches))

    def __call__(self, x, rng=None):
        """Inference: each layer's cache is dropped at once, not all of them at the end."""
        for layer in self.layers:
            x = _infer(layer, x, rng)
        return x

    def backward(self, dy, cache):
        """dy → dx: the chain rule, last layer first."""
        (caches,) = cache
        for layer, layer_cache in zip(reversed(self.layers), reversed(caches)):
            dy = layer.backward(dy, layer_cache)
        return dy


class BranchesCache(NamedTuple):
    """What backward remembers."""

    caches: tuple    # of each branch
    channels: tuple  # how many each branch gave


class Branches(Module):
    """The same input through every branch, outputs concatenated on the channel axis (GoogLeNet, SqueezeNet)."""

    def __init__(self, *branches):
        self.branches = list(branches)

    def forward(self, x, rng=None):
        """x (N, C, …) → (N, Σ C_k, …)."""
        outputs, caches = zip(*(_forward(branch, x, rng) for branch in self.branches))
        y = get_array_module(x).concatenate(outputs, axis=1)
        return y, BranchesCache(caches, tuple(output.shape[1] for output in outputs))

    def __call__(self, x, rng=None):
        """Inference: the caches are dropped at once."""
        return get_array_module(x).concatenate([_infer(branch, x, rng) for branch in self.branches], axis=1)

    def backward(self, dy, cache):
        """dy (N, Σ C_k, …) → dx (N, C, …)."""
        caches, channels = cache
        dx, start = 0, 0
        for branch, branch_cache, width in zip(self.branches, caches, channels):
            dx = dx + branch.backward(dy[:, start:start + width], branch_cache)  # x was used by every branch
            start += width
        return dx


class ResidualCache(NamedTuple):
    """What backward remembers."""

    body: tuple
    shortcut: tuple | None  # None where the shortcut is the identity


class Residual(Module):
    """y = body(x) + shortcut(x), the shortcut being x itself unless a layer is given (He et al. 2016, eq. 1 and 2)."""

    def __init__(self, body, shortcut=None):
        self.body, self.shortcut = body, shortcut

    def forward(self, x, rng=None):
        """x → y; body and shortcut give the same shape."""
        y, body = _forward(self.body, x, rng)
        if self.shortcut is None:
            return y + x, ResidualCache(body, None)
        short, shortcut = _forward(self.shortcut, x, rng)
        return y + short, ResidualCache(body, shortcut)

    def __call__(self, x, rng=None):
        """Inference: the caches are dropped at once."""
        return _infer(self.body, x, rng) + (x if self.shortcut is None else _infer(self.shortcut, x, rng))

    def backward(self, dy, cache):
        """dy → dx: both ways lead back to x, so their gradients add."""
        dx = self.body.backward(dy, cache.body)
        return dx + (dy if self.shortcut is None else self.shortcut.backward(dy, cache.shortcut))
