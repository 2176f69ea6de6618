"""Pooling: one number for each window of an image, its largest entry or its mean, channel by channel."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.correlation import empty_images
from minisat.nn.module import Module
from minisat.nn.windows import output_size, padded, pair, seen_by


class MaxPool2dCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray  # (N, C, h, w)
    y: np.ndarray  # (N, C, h', w')


class AveragingCache(NamedTuple):
    """What backward of an average remembers: the input's shape."""

    shape: tuple  # (N, C, h, w)


class _Pool2d(Module):
    """What both pools share: the geometry. `stride` is `kernel` unless given; all may be pairs."""

    def __init__(self, kernel, stride=None, padding=0, ceil_mode=False):
        self.kernel = pair(kernel)
        self.stride, self.padding = pair(kernel if stride is None else stride), pair(padding)
        self.ceil_mode = ceil_mode
        if 2 * self.padding[0] > self.kernel[0] or 2 * self.padding[1] > self.kernel[1]:
            raise ValueError("padding must be at most half of the kernel: a window would see nothing but padding")

    def _counts(self, size):
        return tuple(output_size(*axis, self.ceil_mode)
                     for axis in zip(size, self.kernel, self.stride, self.padding))

    def _entries(self):
        return [(i, j) for i in range(self.kernel[0]) for j in range(self.kernel[1])]

    def _over_windows(self, join, wide, counts):
        """`join` (of two arrays) over the entries of each window: down its columns first, then along what is left."""
        (kh, kw), (sh, sw) = self.kernel, self.stride
        rows = _joined(join, [seen_by(i, 0, wide, (sh, 1), (counts[0], wide.shape[3])) for i in range(kh)])
        return _joined(join, [seen_by(0, j, rows, (1, sw), counts) for j in range(kw)])


def _joined(join, views):
    """join(… join(join(first, second), third) …) in a new array."""
    if len(views) == 1:
        return views[0].copy(order="K")
    y = join(*views[:2])
    for view in views[2:]:
        join(y, view, out=y)
    return y


class MaxPool2d(_Pool2d):
    """y = the largest entry of each window; padding never wins.

    `ceil_mode` keeps a last window that hangs over the edge (see `windows.output_size`). Among equal largest
    entries the first in reading order gets the gradient, as in torch.
    """

    def forward(self, x):
        """x (N, C, h, w) → y (N, C, h', w')."""
        xp, counts = get_array_module(x), self._counts(x.shape[2:])
        y = self._over_windows(xp.maximum, padded(x, self.kernel, self.stride, self.padding, counts, -np.inf), counts)
        return y, MaxPool2dCache(x, y)

    def backward(self, dy, cache):
        """dy (N, C, h', w') → dx (N, C, h, w): each window's gradient goes to its winner."""
        x, y = cache
        xp, counts = get_array_module(x), y.shape[2:]
        wide = padded(x, self.kernel, self.stride, self.padding, counts, -np.inf)
        dwide = xp.zeros_like(wide)
        open_windows = xp.ones_like(y, dtype=bool)                # whose winner isn't found yet
        for i, j in self._entries():
            wins = (seen_by(i, j, wide, self.stride, counts) == y) & open_windows
            open_windows &= ~wins
            target = seen_by(i, j, dwide, self.stride, counts)
            target += dy * wins                                   # y = x at the winner  ⇒  dx = dy there
        (top, left), (h, w) = self.padding, x.shape[2:]
        return dwide[:, :, top:top + h, left:left + w]


class AvgPool2d(_Pool2d):
    """y = the mean of each window.

    With `count_include_pad` (torch's default) padding counts as zeros; otherwise the mean is over the input's
    entries alone. What hangs over beyond the padding (`ceil_mode`) never counts.
    """

    def __init__(self, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        super().__init__(kernel, stride, padding, ceil_mode)
        self.count_include_pad = count_include_pad

    def _sizes(self, x, size, counts):
        """How many entries each window averages over: (h', w'), in x's dtype and home."""
        lengths = []
        for n, k, s, p, count in zip(size, self.kernel, self.stride, self.padding, counts):
            low, high = (0, n + 2 * p) if self.count_include_pad else (p, n + p)
            lengths.append([min(r * s + k, high) - max(r * s, low) for r in range(count)])
        xp = get_array_module(x)
        return xp.asarray(lengths[0], dtype=x.dtype)[:, None] * xp.asarray(lengths[1], dtype=x.dtype)

    def forward(self, x):
        """x (N, C, h, w) → y (N, C, h', w')."""
        xp, counts = get_array_module(x), self._counts(x.shape[2:])
        y = self._over_windows(xp.add, padded(x, self.kernel, self.stride, self.padding, counts), counts)
        y /= self._sizes(x, x.shape[2:], counts)
        return y, AveragingCache(x.shape)

    def backward(self, dy, cache):
        """dy (N, C, h', w') → dx (N, C, h, w)."""
        ((N, C, h, w),) = cache
        xp, counts, (top, left) = get_array_module(dy), dy.shape[2:], self.padding
        share = dy / self._sizes(dy, (h, w), counts)              # y = Σ x / size  ⇒  dx = Σ dy / size
        reach = [(count - 1) * s + k for count, s, k in zip(counts, self.stride, self.kernel)]
        dwide = empty_images(xp, (N, C, max(reach[0], top + h), max(reach[1], left + w)), dy.dtype)
        dwide[...] = 0.0
        for i, j in self._entries():
            target = seen_by(i, j, dwide, self.stride, counts)
            target += share
        return dwide[:, :, top:top + h, left:left + w]


class AdaptiveAvgPool2d(Module):
    """The mean over each cell of a fixed output grid, whatever the input's size.

    `size`: a number or (rows, columns). Cell r of n covers rows ⌊r h/n⌋ to ⌈(r+1) h/n⌉, so cells may overlap.
    """

    def __init__(self, size):
        self.size = pair(size)

    def _cells(self, h, w):
        """(r, s, rows, columns) of every output cell."""
        def cuts(length, count):
            return [slice(r * length // count, -(-(r + 1) * length // count)) for r in range(count)]
        return [(r, s, rows, columns) for r, rows in enumerate(cuts(h, self.size[0]))
                for s, columns in enumerate(cuts(w, self.size[1]))]

    def forward(self, x):
        """x (N, C, h, w) → y (N, C, *size)."""
        y = get_array_module(x).empty((*x.shape[:2], *self.size), dtype=x.dtype)
        for r, s, rows, columns in self._cells(*x.shape[2:]):
            y[:, :, r, s] = x[:, :, rows, columns].mean(axis=(2, 3))
        return y, AveragingCache(x.shape)

    def backward(self, dy, cache):
        """dy (N, C, *size) → dx (N, C, h, w)."""
        (shape,) = cache
        dx = get_array_module(dy).zeros(shape, dtype=dy.dtype)
        for r, s, rows, columns in self._cells(*shape[2:]):
            area = (rows.stop - rows.start) * (columns.stop - columns.start)
            dx[:, :, rows, columns] += dy[:, :, r, s, None, None] / area   # y = Σ x / area  ⇒  dx = dy / area
        return dx


class GlobalAvgPool2d(Module):
    """The mean over all places: one number for each channel."""

    def forward(self, x):
        """x (N, C, h, w) → y (N, C)."""
        return x.mean(axis=(2, 3)), AveragingCache(x.shape)

    def backward(self, dy, cache):
        """dy (N, C) → dx (N, C, h, w)."""
        (shape,) = cache
        share = dy[:, :, None, None] / (shape[2] * shape[3])      # y = Σ x / (h w)  ⇒  dx = dy / (h w)
        return get_array_module(dy).broadcast_to(share, shape).copy()
