"""The depthwise convolution's fast twin equals its reference, forward and backward."""

import numpy as np
import pytest

from minisat.nn.correlation import correlate_each, correlate_each_backward
from minisat.nn.fast import depthwise
from minisat.nn.windows import output_size

# (N, C, h, w), kernel, stride, padding
GEOMETRIES = [((2, 6, 8, 9), (3, 3), (1, 1), (1, 1)), ((2, 6, 9, 8), (3, 3), (2, 2), (1, 1)),
              ((1, 5, 7, 7), (3, 3), (2, 1), (0, 2)), ((1, 4, 11, 9), (5, 2), (3, 2), (2, 1)),
              ((1, 2, 4, 4), (1, 1), (1, 1), (0, 0)), ((1, 3, 6, 7), (3, 3), (1, 1), (3, 4)),
              ((2, 300, 12, 6), (3, 3), (1, 1), (1, 1)), ((1, 3, 10, 10), (2, 2), (3, 3), (0, 0))]


@pytest.mark.parametrize("tile", [depthwise.TILE, 40])
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("shape, kernel, stride, padding", GEOMETRIES, ids=str)
def test_it_equals_the_reference(rng, monkeypatch, shape, kernel, stride, padding, channels_last, tile):
    monkeypatch.setattr(depthwise, "TILE", tile)
    x, W, b = rng.standard_normal(shape), rng.standard_normal((shape[1], 1, *kernel)), rng.standard_normal(shape[1])
    if channels_last:
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    x.setflags(write=False)
    counts = tuple(map(output_size, shape[2:], kernel, stride, padding))
    def relu(tile):
        np.maximum(tile, 0, out=tile)
    for arguments in ((b,), (None,)):
        for activate in (None, relu):
            rest = (x, W, *arguments, stride, padding, counts, activate)
            np.testing.assert_allclose(correlate_each(*rest), correlate_each.reference(*rest), rtol=0, atol=1e-12)
    dy = rng.standard_normal((shape[0], shape[1], *counts))
    dy.setflags(write=False)
    for ours, expected in zip(correlate_each_backward(dy, x, W, stride, padding),
                              correlate_each_backward.reference(dy, x, W, stride, padding), strict=True):
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-11)
