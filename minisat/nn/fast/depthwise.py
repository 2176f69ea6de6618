"""The depthwise convolution on the CPU: the fast twin of `correlation.correlate_each`, without copies of windows.

A tile of image rows lies in the cache, channels last. All kernel entries are views of it, so that the whole sum is one
`einsum`, whose inner loop multiplies and adds runs of neighbouring numbers: channels of several places at once.
"""

import numpy as np

from minisat.nn.correlation import correlate_each, correlate_each_backward, empty_images
from minisat.nn.windows import strip

TILE = 2**16  # numbers of one tile of the input
RUN = 1024    # numbers of one inner loop: long enough to be fast, short enough for the innermost cache


def _places(width, C):
    """How many neighbouring places make one run: a divisor of `width` that brings runs closest to RUN numbers."""
    divisors = [k for k in range(1, width + 1) if width % k == 0]
    return min(divisors, key=lambda k: max(k * C / RUN, RUN / (k * C)))


def _runs(W, places):
    """Filters W (C, 1, kh, kw) → (kh, kw, places · C): each entry's weights, once for each place of a run."""
    return np.tile(W[:, 0].transpose(1, 2, 0), (1, 1, places))


def _tiles(x, kernel, stride, padding, counts, places):
    """(image, rows, windows) tile by tile: windows (rows, kh, w' / places, kw, places · C), a view of the tile."""
    (N, C, _, w), (kh, kw), (sh, sw) = x.shape, kernel, stride
    width = max((counts[1] - 1) * sw + kw, padding[1] + w)
    some_rows = max(1, TILE // (width * C * sh))
    for n in range(N):
        for first in range(0, counts[0], some_rows):
            rows = min(some_rows, counts[0] - first)
            tile = strip(x[n:n + 1], first * sh - padding[0], (rows - 1) * sh + kh, padding[1], width)[0]
            channel, down, right = tile.strides
            if sw > 1:  # places side by side in a run must be so in memory: one copy for each column of the kernel
                tile = np.lib.stride_tricks.as_strided(tile, (tile.shape[1], kw, counts[1], C),
                                                       (down, right, sw * right, channel)).copy()
                down, column, right, channel = tile.strides
            else:
                column = right
            yield n, slice(first, first + rows), np.lib.stride_tricks.as_strided(
                tile, (rows, kh, counts[1] // places, kw, places * C),
                (sh * down, down, places * right, column, channel))


@correlate_each.twin(np)
def fast_correlate_each(x, W, b, stride, padding, counts, activate=None):
    """As `correlate_each`."""
    y = empty_images(np, (len(x), len(W), *counts), x.dtype)
    places = _places(counts[1], len(W))
    taps, shift = _runs(W, places), None if b is None else np.tile(b, places)
    for n, rows, windows in _tiles(x, W.shape[2:], stride, padding, counts, places):
        tile = y[n, :, rows].transpose(1, 2, 0).reshape(len(windows), -1, places * len(W))
        np.einsum("rhqwc,hwc->rqc", windows, taps, out=tile)
        if b is not None:
            tile += shift
        if activate:
            activate(tile)
    return y


@correlate_each_backward.twin(np)
def fast_correlate_each_backward(dy, x, W, stride, padding):
    """As `correlate_each_backward`."""
    (N, C, h, w), (kh, kw), (sh, sw), counts = x.shape, W.shape[2:], stride, dy.shape[2:]
    places = _places(counts[1], C)
    dtaps = np.zeros((kh, kw, places * C), x.dtype)
    dy = np.ascontiguousarray(dy.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    for n, rows, windows in _tiles(x, (kh, kw), stride, padding, counts, places):
        dtile = dy[n, :, rows].transpose(1, 2, 0).reshape(len(windows), -1, places * C)
        dtaps += np.einsum("rhqwc,rqc->hwc", windows, dtile)              # y = Σ windows taps  ⇒  dtaps = Σ windows dy
    dW = dtaps.reshape(kh, kw, places, C).sum(axis=2).transpose(2, 0, 1)[:, None]
    if stride != (1, 1):                                                  # as if every place had been computed and
        spread = empty_images(np, (N, C, (counts[0] - 1) * sh + 1, (counts[1] - 1) * sw + 1), dy.dtype)
        spread[...] = 0                                                   # only each s-th had been used
        spread[:, :, ::sh, ::sw] = dy
        dy = spread
    # of stride 1, x meets dy as dy met x, with the filters turned round
    dx = fast_correlate_each(dy, W[:, :, ::-1, ::-1], None, (1, 1), (kh - 1 - padding[0], kw - 1 - padding[1]), (h, w))
    return dx, dW
