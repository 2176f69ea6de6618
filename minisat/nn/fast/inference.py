"""Fast twins for inference: a convolution with its activation, prepared once, and a shortcut that adds in place."""

import math

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.correlation import correlate, correlate_each
from minisat.nn.fast.winograd import correlate_winograd, suits_winograd, winograd_filters
from minisat.nn.module import Module, Parameter
from minisat.nn.windows import output_size


def activation(ceiling):
    """The function that applies ReLU up to `ceiling` in place, or None for None."""
    if ceiling is None:
        return None

    def activate(tile):
        xp = get_array_module(tile)
        if ceiling == math.inf:
            xp.maximum(tile, 0, out=tile)
        else:
            xp.clip(tile, 0, ceiling, out=tile)
    return activate


class FastConv2d(Module):
    """The fast twin of `conv`, a Conv2d, and of the activation behind it, for inference alone.

    `ceiling`: None for no activation, infinity for ReLU, 6 for ReLU6. Filters for Winograd's way, which convolutions
    of 3×3, stride 1 and many channels take on the CPU, need four times the memory of W. A snapshot: it does not
    follow what conv learns.
    """

    def __init__(self, conv, ceiling=None):
        self.kernel, self.stride, self.padding, self.groups = conv.kernel, conv.stride, conv.padding, conv.groups
        self.ceiling = ceiling
        W, xp = conv.W.data, get_array_module(conv.W.data)
        self.b = None if conv.b is None else Parameter(conv.b.data)
        if suits_winograd(W, conv.stride) and conv.groups == 1 and xp is np:
            self.filters, self.W = winograd_filters(W), Parameter(W)
        else:  # W with its memory in the order in which the products read it
            self.filters, self.W = None, Parameter(xp.ascontiguousarray(W.transpose(2, 3, 1, 0)).transpose(3, 2, 0, 1))

    def __call__(self, x):
        """x (N, C_in, h, w) → y (N, C_out, h', w')."""
        counts = tuple(map(output_size, x.shape[2:], self.W.shape[2:], self.stride, self.padding))
        W, b, activate = self.W.data, None if self.b is None else self.b.data, activation(self.ceiling)
        if self.filters is not None:
            return correlate_winograd(x, self.filters, b, self.padding, counts, activate)
        function = correlate if self.groups == 1 else correlate_each
        return function(x, W, b, self.stride, self.padding, counts, activate)


class FastResidual(Module):
    """The fast twin of Residual: y = body(x) + shortcut(x), then ReLU up to `ceiling`, in body(x)'s own memory.

    body must give a new array, as a convolution does.
    """

    def __init__(self, body, shortcut=None, ceiling=None):
        self.body, self.shortcut, self.ceiling = body, shortcut, ceiling

    def __call__(self, x):
        """x → y."""
        y = self.body(x)
        y += x if self.shortcut is None else self.shortcut(x)
        if activate := activation(self.ceiling):
            activate(y)
        return y
