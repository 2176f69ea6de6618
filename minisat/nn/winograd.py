"""The 3×3 convolution of stride 1 by Winograd's minimal filtering, F(4×4, 3×3): a fast twin for the CPU.

Four times fewer multiplications than the definition (Lavin & Gray 2016, section 4): a tile of 4×4 outputs is
Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, where g is a 3×3 filter and d the 6×6 inputs that the tile sees. Summed over the channels,
the product ⊙ becomes 36 matrix products. In float32 it is a little less exact than `correlation.correlate`.
"""

import numpy as np

from minisat.nn.correlation import empty_images
from minisat.nn.windows import strip

# The matrices for the points 0, ±1, ±2 and infinity (Lavin & Gray 2016, section 4.3).
B_T = np.array([[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
                [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]])
G = np.array([[1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
              [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1]])
A_T = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])
# Both directions at once, on flattened tiles: Bᵀ d B = (Bᵀ ⊗ Bᵀ) vec(d), one large product instead of many tiny ones.
INPUT, OUTPUT = np.kron(B_T, B_T), np.kron(A_T, A_T)  # (36, 36), (16, 36)

LEAST_TILES = 56  # in one block: fewer make the 36 products slow


def winograd_filters(W):
    """W (C_out, C_in, 3, 3) → G g Gᵀ of every filter, (36, C_in, C_out)."""
    C_out, C_in = W.shape[:2]
    product = np.kron(G, G).astype(W.dtype) @ W.transpose(2, 3, 1, 0).reshape(9, -1)
    return product.reshape(36, C_in, C_out)


def _blocks(N, rows, columns, C_in):
    """(images, rows of tiles) of each block: enough tiles for fast products, few enough to stay in the cache."""
    tiles = max(LEAST_TILES, C_in // 3)
    images, some_rows = max(1, tiles // (rows * columns)), min(rows, -(-tiles // columns))
    for n in range(0, N, images):
        for r in range(0, rows, some_rows):
            yield slice(n, min(n + images, N)), r, min(some_rows, rows - r)


def correlate_winograd(x, filters, b, padding, counts, activate=None):
    """x (N, C_in, h, w), `winograd_filters` of W, b (C_out,) or None → y (N, C_out, *counts), as `correlate` gives.

    Needs a few blocks of memory beside the result. `activate(block)` works in place.
    """
    (N, C_in), C_out, (h, w) = x.shape[:2], filters.shape[2], counts
    y = empty_images(np, (N, C_out, h, w), x.dtype)
    rows, columns = -(-h // 4), -(-w // 4)
    to_input, to_output = INPUT.astype(x.dtype), OUTPUT.astype(x.dtype)
    for images, first, count in _blocks(N, rows, columns, C_in):
        wide = strip(x[images], 4 * first - padding[0], 4 * count + 2, padding[1], 4 * columns + 2)
        n, (by_image, by_channel, down, right) = len(wide), wide.strides
        tiles = np.lib.stride_tricks.as_strided(wide, (6, 6, n, count, columns, C_in),
                                                (down, right, by_image, 4 * down, 4 * right, by_channel))
        seen = to_input @ tiles.reshape(36, -1)                               # Bᵀ d B
        products = seen.reshape(36, -1, C_in) @ filters                       # Σ over channels of (…) ⊙ (…)
        block = (to_output @ products.reshape(36, -1)).reshape(-1, C_out)     # Aᵀ […] A
        if b is not None:
            block += b
        if activate:
            activate(block)
        block = block.reshape(4, 4, n, count, columns, C_out)
        for i in range(4):
            for j in range(4):
                target = y[images, :, 4 * first + i:4 * (first + count):4, j::4].transpose(0, 2, 3, 1)
                target[...] = block[i, j, :, :target.shape[1], :target.shape[2]]
    return y
