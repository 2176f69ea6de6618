"""The 3×3 convolution of stride 1 by Winograd's minimal filtering, F(4×4, 3×3): a fast twin for the CPU.

Four times fewer multiplications than the definition (Lavin & Gray 2016, section 4): a tile of 4×4 outputs is
Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, where g is a 3×3 filter and d the 6×6 inputs that the tile sees. Summed over the channels,
the product ⊙ becomes 36 matrix products.
"""

from fractions import Fraction

import numpy as np

from minisat.nn.correlation import correlate, correlate_backward, empty_images
from minisat.nn.windows import strip

# Inputs and filters are polynomials, which are multiplied by their values at these points and at infinity. The usual
# points 0, ±1, ±2 lose a digit and a half of float32; these, less than a digit.
POINTS = (Fraction(0), Fraction(2, 3), Fraction(-2, 3), Fraction(3, 2), Fraction(-3, 2))

LEAST_TILES = 56       # in one block: fewer make the 36 products slow
LEAST_CHANNELS = 32    # with fewer, what the products save is less than the transforms cost
LEAST_POSITIONS = 1500  # with fewer, what the products save is less than the filters' transform costs


def _with_root(coefficients, root):
    """The coefficients, lowest first, of (x − root) times the polynomial."""
    return [low - root * high for low, high in zip([0, *coefficients], [*coefficients, 0])]


def _transforms():
    """Aᵀ (4, 6), G (6, 3) and Bᵀ (6, 6), float64, for POINTS and infinity (Lavin & Gray 2016, section 4.1)."""
    A_T, G, B_T = [], [], []
    for point in POINTS:
        others, scale = [Fraction(1)], Fraction(1)
        for other in POINTS:
            if other != point:
                others, scale = _with_root(others, other), scale * (point - other)
        A_T.append([point**i for i in range(4)])
        G.append([point**i / scale for i in range(3)])
        B_T.append([*others, Fraction(0)])
    product = [Fraction(1)]
    for point in POINTS:
        product = _with_root(product, point)
    A_T, G, B_T = (np.array(rows, np.float64) for rows in
                   ([*A_T, [0, 0, 0, 1]], [*G, [0, 0, 1]], [*B_T, product]))
    # The same factor may be moved from a row of G to Bᵀ's: powers of two, that bring both to the same size.
    balance = 2.0**np.round(np.log2(np.abs(B_T).sum(axis=1) / np.abs(G).sum(axis=1)) / 2)[:, None]
    return A_T.T, G * balance, B_T / balance


A_T, G, B_T = _transforms()
# Both directions at once, on flattened tiles: Bᵀ d B = (Bᵀ ⊗ Bᵀ) vec(d), one large product instead of many tiny ones.
INPUT, FILTER, OUTPUT = np.kron(B_T, B_T), np.kron(G, G), np.kron(A_T, A_T)  # (36, 36), (36, 9), (16, 36)


def winograd_filters(W):
    """W (C_out, C_in, 3, 3) → G g Gᵀ of every filter, (36, C_in, C_out)."""
    C_out, C_in = W.shape[:2]
    return (FILTER.astype(W.dtype) @ W.transpose(2, 3, 1, 0).reshape(9, -1)).reshape(36, C_in, C_out)


def suits_winograd(W, stride):
    """Whether a convolution with the filters W (C_out, C_in, kh, kw) is one of 3×3, stride 1 and many channels."""
    return W.shape[2:] == (3, 3) and stride == (1, 1) and min(W.shape[:2]) >= LEAST_CHANNELS


def _blocks(N, rows, columns, tiles):
    """(images, first row of tiles, how many rows) of blocks that have some `tiles` tiles each."""
    images, some_rows = max(1, tiles // (rows * columns)), min(rows, -(-tiles // columns))
    for n in range(0, N, images):
        for r in range(0, rows, some_rows):
            yield slice(n, min(n + images, N)), r, min(some_rows, rows - r)


def _tiles(x, first, count, columns, size, padding=(0, 0)):
    """Tiles of size², every fourth place, of `count` rows of tiles: a matrix (size², n · count · columns · C)."""
    wide = strip(x, 4 * first - padding[0], 4 * count - 4 + size, padding[1], 4 * columns - 4 + size)
    by_image, by_channel, down, right = wide.strides
    tiles = np.lib.stride_tricks.as_strided(wide, (size, size, len(x), count, columns, x.shape[1]),
                                            (down, right, by_image, 4 * down, 4 * right, by_channel))
    return tiles.reshape(size * size, -1)


def correlate_winograd(x, filters, b, padding, counts, activate=None):
    """x (N, C_in, h, w), `winograd_filters` of W, b (C_out,) or None → y (N, C_out, *counts), as `correlate` gives.

    Needs a few blocks of memory beside the result. `activate(block)` works in place.
    """
    (N, C_in), C_out = x.shape[:2], filters.shape[2]
    y = empty_images(np, (N, C_out, *counts), x.dtype)
    rows, columns = -(-counts[0] // 4), -(-counts[1] // 4)
    to_input, to_output = INPUT.astype(x.dtype), OUTPUT.astype(x.dtype)
    for images, first, count in _blocks(N, rows, columns, max(LEAST_TILES, C_in // 3)):
        seen = to_input @ _tiles(x[images], first, count, columns, 6, padding)     # Bᵀ d B
        products = seen.reshape(36, -1, C_in) @ filters                           # Σ over channels of (…) ⊙ (…)
        block = (to_output @ products.reshape(36, -1)).reshape(-1, C_out)         # Aᵀ […] A
        if b is not None:
            block += b
        if activate:
            activate(block)
        block = block.reshape(4, 4, -1, count, columns, C_out)
        for i in range(4):
            for j in range(4):
                target = y[images, :, 4 * first + i:4 * (first + count):4, j::4].transpose(0, 2, 3, 1)
                target[...] = block[i, j, :, :target.shape[1], :target.shape[2]]
    return y


def filter_gradient(dy, x, padding):
    """dy (N, C_out, h', w'), x (N, C_in, h, w) → dW (C_out, C_in, 3, 3): the same way back."""
    (N, C_out), C_in = dy.shape[:2], x.shape[1]
    rows, columns = -(-dy.shape[2] // 4), -(-dy.shape[3] // 4)
    to_input, from_output = INPUT.astype(x.dtype), OUTPUT.T.astype(x.dtype)
    dfilters = np.zeros((36, C_in, C_out), x.dtype)
    for images, first, count in _blocks(N, rows, columns, max(4 * LEAST_TILES, C_in)):
        seen = to_input @ _tiles(x[images], first, count, columns, 6, padding)    # once more, not remembered
        dproducts = from_output @ _tiles(dy[images], first, count, columns, 4)    # y = Aᵀ m A  ⇒  dm = A dy Aᵀ
        # m = seen filters  ⇒  dfilters = Σ over tiles of seenᵀ dm
        dfilters += seen.reshape(36, -1, C_in).transpose(0, 2, 1) @ dproducts.reshape(36, -1, C_out)
    dW = FILTER.T.astype(x.dtype) @ dfilters.reshape(36, -1)                      # G g Gᵀ  ⇒  dg = Gᵀ dfilters G
    return dW.reshape(3, 3, C_in, C_out).transpose(3, 2, 0, 1)


@correlate.twin(np)
def fast_correlate(x, W, b, stride, padding, counts, activate=None):
    """As `correlate`, by Winograd's way where that is faster."""
    if suits_winograd(W, stride) and len(x) * counts[0] * counts[1] >= LEAST_POSITIONS:
        return correlate_winograd(x, winograd_filters(W), b, padding, counts, activate)
    return correlate.reference(x, W, b, stride, padding, counts, activate)


@correlate_backward.twin(np)
def fast_correlate_backward(dy, x, W, stride, padding, input_gradient=True):
    """As `correlate_backward`, by Winograd's way where that is faster."""
    if not suits_winograd(W, stride) or dy.size < LEAST_POSITIONS * len(W):
        return correlate_backward.reference(dy, x, W, stride, padding, input_gradient)
    dx = None
    if input_gradient:  # x meets dy as dy met x, with the filters turned round
        turned = winograd_filters(W[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
        dx = correlate_winograd(dy, turned, None, (2 - padding[0], 2 - padding[1]), x.shape[2:])
    return dx, filter_gradient(dy, x, padding)
