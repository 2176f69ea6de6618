"""Folding BatchNorm into convolutions changes nothing but the number of operations."""

import numpy as np
import pytest
from settled import settled

from minisat.nn import BatchNorm2d, Conv2d, ReLU, Sequential
from minisat.vision import ENCODERS, build, fold_batchnorm


@pytest.mark.parametrize("name", [name for name in ENCODERS if name != "alexnet" and name[:3] not in ("vgg", "squ")])
def test_the_folded_encoder_gives_the_same_maps(rng, name):
    """Every network with BatchNorm, at all of its grids."""
    encoder = settled(build(name, rng=0).astype("float64"), rng).eval()
    size = 75 if name == "inception_v3" else 33
    images = rng.standard_normal((1, 3, size, size + 3))
    expected, maps = encoder.grids(images), fold_batchnorm(encoder).grids(images)
    assert list(maps) == list(expected)
    for grid in expected:
        assert expected[grid].std() > 0
        np.testing.assert_allclose(maps[grid], expected[grid], rtol=0, atol=1e-10 * np.abs(expected[grid]).max())


@pytest.mark.parametrize("bias", [False, True])
def test_no_batchnorm_is_left_and_the_original_stays(rng, bias):
    layers = Sequential(Conv2d(3, 4, 3, bias=bias, rng=rng), BatchNorm2d(4), ReLU(), Conv2d(4, 2, 1, rng=rng))
    layers = settled(layers, rng).astype("float64")
    before = {name: array.copy() for name, array in layers.state_dict().items()}
    copy = fold_batchnorm(layers)
    x = rng.standard_normal((2, 3, 5, 6))
    np.testing.assert_allclose(copy(x), layers.eval()(x), rtol=0, atol=1e-12)
    assert not any(isinstance(module, BatchNorm2d) for _, module in copy.named_modules())
    assert len(copy.parameters()) == 4 and not list(copy.named_buffers())
    for name, array in layers.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_what_folding_does_not_change_is_shared(rng):
    layers = Sequential(Conv2d(3, 4, 3, rng=rng), BatchNorm2d(4), Conv2d(4, 2, 1, rng=rng))
    assert fold_batchnorm(layers).layers[2].W.data is layers.layers[2].W.data


def test_a_batchnorm_without_its_convolution_is_refused(rng):
    with pytest.raises(ValueError, match="layers.2 does not directly follow a convolution of its width"):
        fold_batchnorm(Sequential(Conv2d(3, 4, 3, rng=rng), Conv2d(4, 5, 3, rng=rng), BatchNorm2d(4)))
