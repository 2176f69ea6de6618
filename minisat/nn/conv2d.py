"""The convolution layer: the same filters at every place of an image."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import init
from minisat.nn.correlation import (
    correlate,
    correlate_backward,
    correlate_each,
    correlate_each_backward,
    rows_of_channels,
)
from minisat.nn.module import Module, Parameter
from minisat.nn.windows import output_size, pair


class Conv2dCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray  # (N, C_in, h, w)


class Conv2d(Module):
    """y[n, o, r, s] = b[o] + Σ_{c,i,j} W[o, c, i, j] · x[n, c, r·stride + i − padding, s·stride + j − padding].

    Outside the image x is zero. (Deep learning's convolution is a correlation: the filter isn't flipped.)
    W (C_out, C_in / groups, kh, kw), b (C_out,) or None. `kernel`, `stride` and `padding` are numbers or
    (vertical, horizontal) pairs. With `groups`, the channels are cut into that many parts and each part of the
    output sees its part of the input only; groups = C_in = C_out is the depthwise convolution.
    """

    input_gradient = True  # whether backward gives dx

    def __init__(self, C_in, C_out, kernel, stride=1, padding=0, groups=1, bias=True, *, rng=None,
                 weight_init=init.he_normal):
        if C_in % groups or C_out % groups:
            raise ValueError(f"{groups} groups do not divide {C_in} and {C_out} channels")
        self.kernel, self.stride, self.padding = pair(kernel), pair(stride), pair(padding)
        self.groups = groups
        self.depthwise = groups == C_in == C_out > 1
        rng = np.random.default_rng(rng)
        self.W = Parameter(weight_init(rng, (C_out, C_in // groups, *self.kernel)))
        self.b = Parameter(init.zeros((C_out,))) if bias else None

    def _parts(self):
        """(input channels, output channels) of each group, as slices."""
        C_out, C_in = self.W.shape[0] // self.groups, self.W.shape[1]
        return [(slice(g * C_in, (g + 1) * C_in), slice(g * C_out, (g + 1) * C_out)) for g in range(self.groups)]

    def forward(self, x):
        """x (N, C_in, h, w) → y (N, C_out, h', w'). ValueError when the kernel does not fit."""
        counts = tuple(map(output_size, x.shape[2:], self.kernel, self.stride, self.padding))
        W, b = self.W.data, None if self.b is None else self.b.data
        if self.depthwise:
            y = correlate_each(x, W, b, self.stride, self.padding, counts)
        elif self.groups == 1:
            y = correlate(x, W, b, self.stride, self.padding, counts)
        else:
            y = get_array_module(x).concatenate(
                [correlate(x[:, i], W[o], None if b is None else b[o], self.stride, self.padding, counts)
                 for i, o in self._parts()], axis=1)
        return y, Conv2dCache(x)

    def stop_gradient(self):
        """From now on backward gives no dx: the first layer that learns in a network may do without."""
        self.input_gradient = False

    def backward(self, dy, cache):
        """dy (N, C_out, h', w') → dx (N, C_in, h, w), or None without `input_gradient`. Adds to dW and db."""
        (x,) = cache
        W = self.W.data
        if self.b is not None:
            dy2 = rows_of_channels(dy)                 # b is added at every place  ⇒  db = Σ dy,
            self.b.grad += get_array_module(dy).ones(len(dy2), dtype=dy.dtype) @ dy2  # as a product: faster
        if self.depthwise:
            dx, dW = correlate_each_backward(dy, x, W, self.stride, self.padding)
            self.W.grad += dW
            return dx
        found = []
        for i, o in self._parts():
            dx, dW = correlate_backward(dy[:, o], x[:, i], W[o], self.stride, self.padding, self.input_gradient)
            self.W.grad[o] += dW
            found.append(dx)
        return found[0] if len(found) == 1 or found[0] is None else get_array_module(x).concatenate(found, axis=1)
