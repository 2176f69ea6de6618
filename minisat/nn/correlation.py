"""Convolution as matrix products over tiles of the batch, so that memory stays bounded.

Images are (N, C, h, w) by shape. Results have the channels last in *memory* (a transposed view), because then a
tile of windows times the filters is one product that lands in place, and the next layer reads it in order.
These are the references; on NumPy they have fast twins in fast/winograd.py and fast/depthwise.py.
"""

import numpy as np

from minisat.backend import get_array_module, twinned
from minisat.nn.windows import padded, seen_by

# Entries of one tile of windows: on the CPU a megabyte, which stays in the cache; on the GPU few launches count.
CPU_TILE, GPU_TILE = 2**18, 2**26
LEAST_POSITIONS = 784  # below this many rows a matrix product loses speed


def rows_of_channels(x):
    """x (N, C, h, w) → (N·h·w, C): a view when the channels are last in memory."""
    return x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])


def empty_images(xp, shape, dtype):
    """An uninitialised (N, C, h, w) array with the channels last in memory."""
    N, C, h, w = shape
    return xp.empty((N, h, w, C), dtype=dtype).transpose(0, 3, 1, 2)


def _tiles(xp, shape, window):
    """Slices (images, rows) that cut an output of `shape` (N, C, h, w) into tiles: whole images or rows of one."""
    N, _, h, w = shape
    positions = max(LEAST_POSITIONS, (CPU_TILE if xp is np else GPU_TILE) // window)
    images, rows = max(1, positions // (h * w)), min(h, -(-positions // w))
    for n in range(0, N, images):
        yield slice(n, min(n + images, N)), [slice(r, min(r + rows, h)) for r in range(0, h, rows)]


def _columns(wide, kernel, stride, rows, width, narrow):
    """The windows of one tile as a matrix (positions, kh·kw·C): one copy out of a view in which they overlap.

    With few channels (`narrow`) the copy runs along the image's rows, and the matrix is a transpose.
    """
    strided = get_array_module(wide).lib.stride_tricks.as_strided
    (n, C), (kh, kw), (sh, sw), r = wide.shape[:2], kernel, stride, rows.stop - rows.start
    first = wide[:, :, rows.start * sh:]
    by_image, by_channel, down, right = wide.strides
    if narrow:
        windows = strided(first, (kh, kw, C, n, r, width), (down, right, by_channel, by_image, down * sh, right * sw))
        return windows.reshape(kh * kw * C, -1).T
    windows = strided(first, (n, r, width, kh, kw, C), (by_image, down * sh, right * sw, down, right, by_channel))
    return windows.reshape(-1, kh * kw * C)


def _add_columns(dcolumns, dwide, kernel, stride, rows, width, narrow):
    """The transpose of `_columns`: add every window's entries to where they came from."""
    (n, C), (kh, kw), r = dwide.shape[:2], kernel, rows.stop - rows.start
    for i in range(kh):
        for j in range(kw):
            target = seen_by(i, j, dwide, stride, (r, width), rows.start)
            if narrow:
                target += dcolumns.T.reshape(kh, kw, C, n, r, width)[i, j].transpose(1, 0, 2, 3)
            else:
                target += dcolumns.reshape(n, r, width, kh, kw, C)[:, :, :, i, j].transpose(0, 3, 1, 2)


@twinned
def correlate(x, W, b, stride, padding, counts, activate=None):
    """x (N, C_in, h, w), W (C_out, C_in, kh, kw), b (C_out,) or None → y (N, C_out, *counts).

    `activate(tile)` changes each tile of y in place while it is in the cache.
    """
    xp, kernel, narrow = get_array_module(x), W.shape[2:], W.shape[1] < 8
    y = empty_images(xp, (len(x), len(W), *counts), x.dtype)
    filters = W.transpose(2, 3, 1, 0).reshape(-1, len(W))
    pointwise = kernel == stride == (1, 1) and padding == (0, 0)
    for images, blocks in _tiles(xp, y.shape, len(filters)):
        wide = x[images] if pointwise else padded(x[images], kernel, stride, padding, counts)
        for rows in blocks:
            columns = (rows_of_channels(wide[:, :, rows]) if pointwise
                       else _columns(wide, kernel, stride, rows, counts[1], narrow))
            tile = rows_of_channels(y[images, :, rows])
            xp.matmul(columns, filters, out=tile)
            if b is not None:
                tile += b
            if activate:
                activate(tile)
    return y


@twinned
def correlate_backward(dy, x, W, stride, padding, input_gradient=True):
    """dy (N, C_out, h', w') → dx like x, or None unless wanted; dW like W. The windows are copied again."""
    xp, kernel, counts, narrow = get_array_module(x), W.shape[2:], dy.shape[2:], W.shape[1] < 8
    if kernel == stride == (1, 1) and padding == (0, 0):
        dx, x2, dy2 = None, rows_of_channels(x), rows_of_channels(dy)
        if input_gradient:
            dx = empty_images(xp, x.shape, x.dtype)
            xp.matmul(dy2, W.reshape(W.shape[:2]), out=rows_of_channels(dx))  # y = x Wᵀ  ⇒  dx = dy W
        return dx, (dy2.T @ x2).reshape(W.shape)                              # y = x Wᵀ  ⇒  dW = dyᵀ x
    filters = W.transpose(2, 3, 1, 0).reshape(-1, len(W))
    dfilters = xp.zeros_like(filters)
    (top, left), (h, w) = padding, x.shape[2:]
    # Of stride 1, x meets dy as dy met x, with the filters turned round: a correlation again, and faster.
    turned = input_gradient and stride == (1, 1) and top < kernel[0] and left < kernel[1]
    scattered, dx = input_gradient and not turned, None
    if turned:
        dx = correlate(dy, W[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), None, stride,
                       (kernel[0] - 1 - top, kernel[1] - 1 - left), (h, w))
    elif scattered:
        dx = empty_images(xp, x.shape, x.dtype)
    for images, blocks in _tiles(xp, dy.shape, len(filters)):
        wide = padded(x[images], kernel, stride, padding, counts)
        dwide = xp.zeros_like(wide) if scattered else None
        for rows in blocks:
            dtile = rows_of_channels(dy[images, :, rows])
            columns = _columns(wide, kernel, stride, rows, counts[1], narrow)
            dfilters += columns.T @ dtile                                     # y = columns F  ⇒  dF = columnsᵀ dy
            if scattered:
                dcolumns = (filters @ dtile.T).T if narrow else dtile @ filters.T     # … and dcolumns = dy Fᵀ
                _add_columns(dcolumns, dwide, kernel, stride, rows, counts[1], narrow)
        if scattered:
            dx[images] = dwide[:, :, top:top + h, left:left + w]
    return dx, dfilters.reshape(*kernel, *W.shape[1::-1]).transpose(3, 2, 0, 1)


@twinned
def correlate_each(x, W, b, stride, padding, counts, activate=None):
    """Depthwise: channel c of x (N, C, h, w) with filter W (C, 1, kh, kw)[c] alone → y (N, C, *counts).

    `activate(y)` changes y in place.
    """
    xp, kernel = get_array_module(x), W.shape[2:]
    y = empty_images(xp, (len(x), len(W), *counts), x.dtype)
    y[...] = 0.0 if b is None else b[:, None, None]
    wide = padded(x, kernel, stride, padding, counts)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            y += seen_by(i, j, wide, stride, counts) * W[:, :, i, j, None]
    if activate:
        activate(y)
    return y


@twinned
def correlate_each_backward(dy, x, W, stride, padding):
    """The backward pass of `correlate_each`: dy like y → dx like x, dW like W."""
    xp, kernel, counts = get_array_module(x), W.shape[2:], dy.shape[2:]
    wide = padded(x, kernel, stride, padding, counts)
    dwide, dW = xp.zeros_like(wide), xp.empty_like(W)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            dW[:, 0, i, j] = (seen_by(i, j, wide, stride, counts) * dy).sum(axis=(0, 2, 3))
            target = seen_by(i, j, dwide, stride, counts)
            target += dy * W[:, :, i, j, None]
    (top, left), (h, w) = padding, x.shape[2:]
    return dwide[:, :, top:top + h, left:left + w], dW
