"""Conv2d against a naive loop and PyTorch, in every geometry that an encoder uses."""

import numpy as np
import pytest

from minisat.gradcheck import check_case
from minisat.nn import Conv2d, correlation
from minisat.nn.cases import CASES

# (N, C_in, h, w), C_out, kernel, stride, padding, groups
GEOMETRIES = [
    ((2, 3, 9, 8), 5, 3, 2, 0, 1), ((2, 16, 7, 9), 5, 3, 1, 1, 1), ((2, 16, 5, 5), 8, 1, 1, 0, 1),
    ((2, 16, 5, 6), 8, 1, 2, 0, 1), ((1, 9, 9, 9), 4, (1, 7), 1, (0, 3), 1), ((2, 12, 7, 6), 24, 3, 1, 1, 3),
    ((2, 12, 8, 7), 12, 3, 2, 1, 12), ((1, 1, 1, 1), 1, 1, 1, 0, 1), ((1, 4, 5, 5), 4, 2, 3, 1, 2),
    ((1, 4, 4, 1), 3, (4, 1), 1, 0, 1), ((3, 3, 40, 40), 4, 3, 1, 1, 1), ((2, 8, 30, 31), 4, 3, 1, 1, 1),
]


def _layer_and_arrays(rng, shape, C_out, kernel, stride, padding, groups):
    layer = Conv2d(shape[1], C_out, kernel, stride, padding, groups, rng=rng).astype("float64")
    layer.b.data[...] = rng.standard_normal(C_out)
    x = rng.standard_normal(shape)
    x.setflags(write=False)
    return layer, x


def _naive(x, W, b, stride, padding, groups):
    """The definition, one output number at a time."""
    (sh, sw), (ph, pw), (C_out, C_in, kh, kw) = stride, padding, W.shape
    wide = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    h, w = (wide.shape[2] - kh) // sh + 1, (wide.shape[3] - kw) // sw + 1
    y = np.empty((len(x), C_out, h, w))
    for n, o, r, s in np.ndindex(y.shape):
        first = o // (C_out // groups) * C_in
        y[n, o, r, s] = b[o] + (wide[n, first:first + C_in, r * sh:r * sh + kh, s * sw:s * sw + kw] * W[o]).sum()
    return y


@pytest.mark.parametrize("geometry", GEOMETRIES[:10], ids=str)
def test_forward_is_the_definition(rng, geometry):
    layer, x = _layer_and_arrays(rng, *geometry)
    y = layer(x)
    expected = _naive(x, layer.W.data, layer.b.data, layer.stride, layer.padding, layer.groups)
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-12)


@pytest.mark.peer
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_forward_and_backward_equal_torch(rng, geometry, channels_last):
    torch = pytest.importorskip("torch")
    layer, x = _layer_and_arrays(rng, *geometry)
    if channels_last:
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    y, cache = layer.forward(x)
    dy = rng.standard_normal(y.shape)
    dy.setflags(write=False)
    dx = layer.backward(dy, cache)
    tx, tW, tb = (torch.from_numpy(np.array(a)).requires_grad_() for a in (x, layer.W.data, layer.b.data))
    ty = torch.nn.functional.conv2d(tx, tW, tb, layer.stride, layer.padding, groups=layer.groups)
    ty.backward(torch.from_numpy(np.array(dy)))
    for ours, theirs in ((y, ty.detach()), (dx, tx.grad), (layer.W.grad, tW.grad), (layer.b.grad, tb.grad)):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("conv2d")])
def test_gradients(name):
    check_case(name, CASES[name]).assert_ok()


@pytest.mark.parametrize("geometry", [GEOMETRIES[0], GEOMETRIES[1], GEOMETRIES[6]], ids=str)
def test_a_second_backward_gives_the_same_and_doubles_the_parameter_gradients(rng, geometry):
    layer, x = _layer_and_arrays(rng, *geometry)
    y, cache = layer.forward(x)
    first = layer.backward(np.ones_like(y), cache)
    dW, db = layer.W.grad.copy(), layer.b.grad.copy()
    np.testing.assert_array_equal(layer.backward(np.ones_like(y), cache), first)
    np.testing.assert_array_equal(layer.W.grad, 2 * dW)
    np.testing.assert_array_equal(layer.b.grad, 2 * db)


@pytest.mark.parametrize("C", [3, 16])
def test_the_size_of_the_tiles_changes_nothing(rng, monkeypatch, C):
    """One image at a time, rows of one image, and everything at once give the same values."""
    layer, x = _layer_and_arrays(rng, (3, C, 12, 10), 4, 3, 2, 1, 1)
    y, cache = layer.forward(x)
    dy = rng.standard_normal(y.shape)
    dx = layer.backward(dy, cache)
    dW = layer.W.grad.copy()
    monkeypatch.setattr(correlation, "CPU_TILE", 1)
    for positions in (1, 11, 31):
        monkeypatch.setattr(correlation, "LEAST_POSITIONS", positions)
        layer.zero_grad()
        np.testing.assert_allclose(layer.forward(x)[0], y, rtol=0, atol=1e-13)
        np.testing.assert_allclose(layer.backward(dy, cache), dx, rtol=0, atol=1e-13)
        np.testing.assert_allclose(layer.W.grad, dW, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kernel, stride, padding, groups", [(1, 1, 0, 1), (3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 1, 2)])
def test_the_input_gradient_can_be_left_out(rng, kernel, stride, padding, groups):
    """Then backward gives None for it and the same gradients of the parameters."""
    layer = Conv2d(4, 6, kernel, stride, padding, groups, rng=rng).astype("float64")
    y, cache = layer.forward(rng.standard_normal((2, 4, 6, 5)))
    layer.backward(y, cache)
    dW, db = layer.W.grad.copy(), layer.b.grad.copy()
    layer.zero_grad()
    layer.input_gradient = False
    assert layer.backward(y, cache) is None
    np.testing.assert_array_equal(layer.W.grad, dW)
    np.testing.assert_array_equal(layer.b.grad, db)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_float32_stays_float32(rng, groups):
    layer = Conv2d(6, 6, 3, padding=1, groups=groups, rng=rng)
    y, cache = layer.forward(rng.standard_normal((2, 6, 5, 4)).astype(np.float32))
    assert y.dtype == layer.backward(y, cache).dtype == layer.W.grad.dtype == np.float32


def test_a_kernel_that_does_not_fit_is_refused(rng):
    with pytest.raises(ValueError, match="no window of 3 fits into 2"):
        Conv2d(1, 1, 3, rng=rng).forward(np.zeros((1, 1, 5, 2), np.float32))
