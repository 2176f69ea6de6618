"""Winograd's convolution equals the definition."""

import numpy as np
import pytest

from minisat.nn import Conv2d
from minisat.nn.correlation import correlate, correlate_backward
from minisat.nn.fast import winograd
from minisat.nn.fast.winograd import correlate_winograd, filter_gradient, winograd_filters

# (N, C_in, h, w), C_out, padding: sizes that 4 divides and that it does not, one and several blocks
GEOMETRIES = [((2, 5, 8, 12), 3, (1, 1)), ((1, 4, 7, 9), 6, (1, 1)), ((3, 2, 6, 5), 2, (0, 0)),
              ((1, 3, 3, 3), 4, (0, 0)), ((2, 3, 30, 33), 4, (2, 1)), ((70, 2, 5, 5), 3, (1, 1)),
              ((1, 400, 9, 9), 2, (1, 1))]


@pytest.mark.parametrize("shape, C_out, padding", GEOMETRIES, ids=str)
def test_it_equals_the_reference(rng, shape, C_out, padding):
    x, W, b = rng.standard_normal(shape), rng.standard_normal((C_out, shape[1], 3, 3)), rng.standard_normal(C_out)
    x.setflags(write=False)
    counts = tuple(size + 2 * p - 2 for size, p in zip(shape[2:], padding))
    expected = correlate.reference(x, W, b, (1, 1), padding, counts)
    y = correlate_winograd(x, winograd_filters(W), b, padding, counts)
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-10)
    rectified = correlate_winograd(x, winograd_filters(W), None, padding, counts, lambda y: np.maximum(y, 0, out=y))
    np.testing.assert_allclose(rectified, np.maximum(expected - b[:, None, None], 0), rtol=0, atol=1e-10)


@pytest.mark.parametrize("shape, C_out, padding", GEOMETRIES[:6], ids=str)
def test_its_filter_gradient_equals_the_references(rng, shape, C_out, padding):
    x, W = rng.standard_normal(shape), rng.standard_normal((C_out, shape[1], 3, 3))
    dy = rng.standard_normal((shape[0], C_out, *(size + 2 * p - 2 for size, p in zip(shape[2:], padding))))
    _, expected = correlate_backward.reference(dy, x, W, (1, 1), padding)
    np.testing.assert_allclose(filter_gradient(dy, x, padding), expected, rtol=0, atol=1e-10)


def test_in_float32_it_is_exact_to_2e_5(rng):
    """Also on what a ReLU gives, which is worse: all numbers are positive."""
    x, W = np.maximum(rng.standard_normal((1, 128, 20, 20)), 0), rng.standard_normal((64, 128, 3, 3))
    expected = correlate.reference(x, W, None, (1, 1), (1, 1), (20, 20))
    y = correlate_winograd(x.astype(np.float32), winograd_filters(W.astype(np.float32)), None, (1, 1), (20, 20))
    assert y.dtype == np.float32
    assert np.abs(y - expected).max() < 2e-5 * expected.std()


def test_convolutions_take_this_way_where_it_pays(rng, monkeypatch):
    """Many channels and places, 3×3, stride 1; forward and back, where dy meets the filters turned round."""
    ways = []
    original = winograd.correlate_winograd
    monkeypatch.setattr(winograd, "correlate_winograd", lambda *rest: ways.append(1) or original(*rest))
    for taken, shape, C_out, kernel, stride in ((2, (2, 32, 30, 31), 40, 3, 1), (0, (2, 32, 12, 12), 40, 3, 1),
                                                (0, (2, 16, 30, 31), 40, 3, 1), (0, (2, 32, 60, 62), 40, 3, 2),
                                                (0, (2, 32, 30, 31), 40, 1, 1)):
        layer = Conv2d(shape[1], C_out, kernel, stride, 1, rng=rng).astype("float64")
        x = rng.standard_normal(shape)
        y, cache = layer.forward(x)
        dy = rng.standard_normal(y.shape)
        dx = layer.backward(dy, cache)
        assert len(ways) == taken
        counts, W = y.shape[2:], layer.W.data
        geometry = (layer.stride, layer.padding)
        np.testing.assert_allclose(y, correlate.reference(x, W, None, *geometry, counts), rtol=0, atol=1e-11)
        for ours, expected in zip((dx, layer.W.grad), correlate_backward.reference(dy, x, W, *geometry), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-10)
        ways.clear()
