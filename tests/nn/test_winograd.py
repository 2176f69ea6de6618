"""Winograd's convolution equals the definition."""

import numpy as np
import pytest

from minisat.nn.correlation import correlate
from minisat.nn.winograd import correlate_winograd, winograd_filters

# (N, C_in, h, w), C_out, padding: sizes that 4 divides and that it does not, one and several blocks
GEOMETRIES = [((2, 5, 8, 12), 3, (1, 1)), ((1, 4, 7, 9), 6, (1, 1)), ((3, 2, 6, 5), 2, (0, 0)),
              ((1, 3, 3, 3), 4, (0, 0)), ((2, 3, 30, 33), 4, (2, 1)), ((70, 2, 5, 5), 3, (1, 1)),
              ((1, 400, 9, 9), 2, (1, 1))]


@pytest.mark.parametrize("shape, C_out, padding", GEOMETRIES, ids=str)
def test_it_equals_the_reference(rng, shape, C_out, padding):
    x, W, b = rng.standard_normal(shape), rng.standard_normal((C_out, shape[1], 3, 3)), rng.standard_normal(C_out)
    x.setflags(write=False)
    counts = tuple(size + 2 * p - 2 for size, p in zip(shape[2:], padding))
    expected = correlate(x, W, b, (1, 1), padding, counts)
    y = correlate_winograd(x, winograd_filters(W), b, padding, counts)
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-10)
    rectified = correlate_winograd(x, winograd_filters(W), None, padding, counts, lambda y: np.maximum(y, 0, out=y))
    np.testing.assert_allclose(rectified, np.maximum(expected - b[:, None, None], 0), rtol=0, atol=1e-10)


def test_in_float32_it_is_exact_to_1e_4(rng):
    x, W = rng.standard_normal((1, 64, 20, 20)), rng.standard_normal((64, 64, 3, 3))
    expected = correlate(x, W, None, (1, 1), (1, 1), (20, 20))
    y = correlate_winograd(x.astype(np.float32), winograd_filters(W.astype(np.float32)), None, (1, 1), (20, 20))
    assert y.dtype == np.float32
    assert np.abs(y - expected).max() < 1e-4 * expected.std()
