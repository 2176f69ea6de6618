"""The fast copy of an encoder computes what the encoder computes."""

import numpy as np
import pytest
from settled import settled
from strict_arrays import strict

from minisat.backend import to_numpy
from minisat.errors import UserError
from minisat.nn import BatchNorm2d, Conv2d, ReLU, ReLU6, Residual, Sequential
from minisat.nn.fast.inference import FastConv2d, FastResidual
from minisat.vision import build, fast_inference

FAMILIES = ("alexnet", "googlenet", "inception_v3", "mobilenet_v2", "resnet18", "resnet50", "squeezenet1_1", "toy_cnn",
            "vgg16")


@pytest.mark.parametrize("name", FAMILIES)
def test_the_fast_copy_gives_the_same_maps(rng, name):
    """At all grids of a network of each family."""
    encoder = settled(build(name, rng=0).astype("float64"), rng).eval()
    size = 75 if name in ("inception_v3", "alexnet") else 33
    images = rng.standard_normal((1, 3, size, size + 3))
    expected, maps = encoder.grids(images), fast_inference(encoder).grids(images)
    for grid in expected:
        np.testing.assert_allclose(maps[grid], expected[grid], rtol=0, atol=1e-10 * np.abs(expected[grid]).max())


@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_1", "vgg16"])
def test_in_float32_it_is_almost_as_close_to_float64_as_the_original(rng, name):
    encoder = settled(build(name, rng=0), rng).eval()
    images = rng.standard_normal((1, 3, 64, 64)).astype(np.float32)
    original, fast = encoder(images), fast_inference(encoder)(images)
    assert original.dtype == fast.dtype == np.float32
    truth = encoder.astype("float64")(images.astype(np.float64))

    def error(maps):
        return np.sqrt(np.square(maps - truth).mean()) / truth.std()
    assert error(fast) < max(1e-5, 2 * error(original))


def test_activations_are_merged_only_where_no_grid_is_lost(rng):
    encoder = build("squeezenet1_1", rng=rng)
    fast = fast_inference(encoder)
    assert fast.features[0].ceiling == np.inf and fast.merged == ("features.0",)
    with pytest.raises(UserError, match="has no grid 'features.0'"):
        fast(np.zeros((1, 3, 40, 40), np.float32), grid="features.0")
    images = rng.standard_normal((1, 3, 40, 40)).astype(np.float32)
    np.testing.assert_allclose(fast_inference(encoder, grid="features.0")(images, grid="features.0"),
                               encoder(images, grid="features.0"), rtol=0, atol=1e-5)


def test_a_network_of_shortcuts(rng):
    """Residuals within residuals, an activation behind the sum, one that is shared, groups of several channels."""
    shared = ReLU6()
    inner = Residual(Sequential(Conv2d(8, 8, 3, padding=1, groups=8, rng=rng), BatchNorm2d(8)))
    outer = Residual(Sequential(inner, shared, Conv2d(8, 8, 3, padding=1, rng=rng)), Conv2d(8, 8, 1, rng=rng))
    grouped = Conv2d(8, 6, 3, stride=2, groups=2, rng=rng)
    network = settled(Sequential(Conv2d(3, 8, 3, rng=rng), shared, outer, ReLU(), grouped, ReLU()), rng)
    network = network.astype("float64").eval()
    network.check_grid, network.stages, network.head, network.grid_names = _whole, list, (), ()
    x = rng.standard_normal((2, 3, 12, 11))
    x.setflags(write=False)
    fast = fast_inference(network)
    np.testing.assert_allclose(fast(x), network(x), rtol=0, atol=1e-12)
    kinds = [type(layer) for layer in fast.layers]
    assert kinds[0] is FastConv2d and kinds[2] is FastResidual and kinds[4] is Conv2d and kinds[5] is ReLU


def _whole(grid=None):
    return grid


@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_1"])
def test_the_fast_copy_runs_in_another_home(rng, name):
    """Built on strict arrays, as it would be on the GPU, it gives what it gives on NumPy."""
    encoder = settled(build(name, rng=0), rng).eval()
    images = rng.standard_normal((1, 3, 40, 40)).astype(np.float32)
    expected = fast_inference(encoder)(images)
    for _, member in (*encoder.named_parameters(), *encoder.named_buffers()):
        member.convert(strict.asarray)
    maps = to_numpy(fast_inference(encoder)(strict.asarray(images)))
    np.testing.assert_allclose(maps, expected, rtol=0, atol=1e-4 * expected.std())
