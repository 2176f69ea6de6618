"""Pooling against PyTorch in all geometries: strides, padding, ceil mode, ties."""

from itertools import product

import numpy as np
import pytest

from minisat.gradcheck import check_case
from minisat.nn import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, MaxPool2d
from minisat.nn.cases import CASES

GEOMETRIES = list(product((2, 3), (1, 2, 3), (0, 1), (False, True)))  # kernel, stride, padding, ceil_mode
SIZES = [(5, 4), (6, 7), (7, 5)]


def _assert_equal_torch(layer, torch_layer, x, rng):
    torch = pytest.importorskip("torch")
    x.setflags(write=False)
    y, cache = layer.forward(x)
    dy = rng.standard_normal(y.shape)
    dx = layer.backward(dy, cache)
    tx = torch.from_numpy(np.array(x)).requires_grad_()
    ty = torch_layer(tx)
    ty.backward(torch.from_numpy(dy).reshape(ty.shape))
    np.testing.assert_allclose(y, ty.detach().numpy().reshape(y.shape), rtol=0, atol=1e-13)
    np.testing.assert_allclose(dx, tx.grad.numpy(), rtol=0, atol=1e-13)


@pytest.mark.peer
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_max_pool_equals_torch_with_many_ties(rng, geometry):
    torch = pytest.importorskip("torch")
    kernel, stride, padding, ceil_mode = geometry
    for size in SIZES:
        x = rng.integers(0, 3, (2, 3, *size)).astype(float)
        peer = torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil_mode)
        _assert_equal_torch(MaxPool2d(kernel, stride, padding, ceil_mode), peer, x, rng)
        channels_last = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
        _assert_equal_torch(MaxPool2d(kernel, stride, padding, ceil_mode), peer, channels_last, rng)


@pytest.mark.peer
@pytest.mark.parametrize("count_include_pad", [False, True])
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_avg_pool_equals_torch(rng, geometry, count_include_pad):
    torch = pytest.importorskip("torch")
    kernel, stride, padding, ceil_mode = geometry
    for size in SIZES:
        _assert_equal_torch(AvgPool2d(kernel, stride, padding, ceil_mode, count_include_pad),
                            torch.nn.AvgPool2d(kernel, stride, padding, ceil_mode, count_include_pad),
                            rng.standard_normal((2, 3, *size)), rng)


@pytest.mark.peer
@pytest.mark.parametrize("size", [1, 3, (6, 2), (7, 5), 9])
def test_adaptive_avg_pool_equals_torch(rng, size):
    torch = pytest.importorskip("torch")
    x = rng.standard_normal((2, 3, 7, 5))
    _assert_equal_torch(AdaptiveAvgPool2d(size), torch.nn.AdaptiveAvgPool2d(size), x, rng)


def test_global_avg_pool_is_the_mean_of_each_channel(rng):
    x = rng.standard_normal((2, 3, 4, 5))
    np.testing.assert_allclose(GlobalAvgPool2d()(x), x.reshape(2, 3, 20).mean(axis=2), rtol=1e-13)


def test_the_first_of_equal_maxima_gets_the_gradient():
    x = np.zeros((1, 1, 2, 2))
    y, cache = MaxPool2d(2).forward(x)
    assert MaxPool2d(2).backward(np.full_like(y, 5.0), cache).tolist() == [[[[5.0, 0.0], [0.0, 0.0]]]]


def test_a_window_wider_than_high_finds_its_maximum_in_its_last_column():
    """By hand: two windows of 2 rows and 3 columns; the largest entries are 6 and 9."""
    x = np.array([[[[1.0, 2.0, 6.0, 3.0, 0.0, 4.0], [5.0, 0.0, 1.0, 8.0, 9.0, 7.0]]]])
    layer = MaxPool2d((2, 3))
    y, cache = layer.forward(x)
    assert y.tolist() == [[[[6.0, 9.0]]]]
    dx = layer.backward(np.array([[[[10.0, 20.0]]]]), cache)
    assert dx.tolist() == [[[[0, 0, 10, 0, 0, 0], [0, 0, 0, 0, 20, 0]]]]


@pytest.mark.parametrize("padding, count_include_pad, means, shares", [
    (0, True, [1.5, 3.0], [5.0, 5.0, 20.0]),            # the second window hangs over: its mean is of one entry
    (0, False, [1.5, 3.0], [5.0, 5.0, 20.0]),
    (1, True, [0.5, 2.5], [5.0, 10.0, 10.0]),           # the first has a zero of the padding
    (1, False, [1.0, 2.5], [10.0, 10.0, 10.0])])
def test_a_mean_is_over_what_a_window_really_sees(padding, count_include_pad, means, shares):
    """By hand, along a row of 1, 2, 3 with kernel 2, stride 2 and ceil_mode; there is nothing else to see."""
    layer = AvgPool2d((1, 2), (1, 2), (0, padding), ceil_mode=True, count_include_pad=count_include_pad)
    y, cache = layer.forward(np.array([[[[1.0, 2.0, 3.0]]]]))
    assert y.ravel().tolist() == means
    assert layer.backward(np.array([[[[10.0, 20.0]]]]), cache).ravel().tolist() == shares


def test_padding_never_wins_even_over_negative_numbers():
    assert MaxPool2d(3, 2, padding=1)(np.full((1, 1, 4, 4), -7.0)).tolist() == [[[[-7.0, -7.0], [-7.0, -7.0]]]]


def test_ceil_mode_keeps_no_window_that_starts_in_the_right_padding():
    """Torch's rule: of 4 entries with padding 1, kernel 2 and stride 3, a third window would start at 5 ≥ 4 + 1."""
    assert MaxPool2d(2, 3, padding=1, ceil_mode=True)(np.zeros((1, 1, 4, 4))).shape == (1, 1, 2, 2)
    assert MaxPool2d(3, 2, ceil_mode=True)(np.zeros((1, 1, 112, 111))).shape == (1, 1, 56, 55)


@pytest.mark.parametrize("name", [name for name in CASES if "pool2d" in name])
def test_gradients(name):
    check_case(name, CASES[name]).assert_ok()


@pytest.mark.parametrize("layer", [MaxPool2d(1), AvgPool2d(1), GlobalAvgPool2d(), AdaptiveAvgPool2d(1)],
                         ids=lambda layer: type(layer).__name__)
def test_a_single_entry_passes_through_in_float32(layer):
    x = np.full((1, 1, 1, 1), 3.0, np.float32)
    y, cache = layer.forward(x)
    assert y.dtype == np.float32 and y.item() == 3.0
    dx = layer.backward(y, cache)
    assert dx.dtype == np.float32 and dx.tolist() == [[[[3.0]]]]


def test_padding_of_more_than_half_a_kernel_is_refused():
    with pytest.raises(ValueError, match="half"):
        MaxPool2d(3, padding=2)
