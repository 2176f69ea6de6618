"""What every encoder promises: grids by name, the global vector, exact gradients back to the pixels."""

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.gradcheck import check_case
from minisat.vision import build
from minisat.vision.cases import CASES

FAMILIES = ("alexnet", "googlenet", "inception_v3", "resnet18", "squeezenet1_1", "mobilenet_v2", "toy_cnn",
            "toy_cnn_v2")
SIZES = {"inception_v3": 75}  # the least that it takes; 64 for the others


@pytest.fixture(scope="module", params=FAMILIES)
def encoder(request):
    return build(request.param, rng=0)


def _images(encoder, rng, N=2):
    size = SIZES.get(encoder.name, 64)
    return rng.standard_normal((N, 3, size, size)).astype(np.float32)


@pytest.mark.parametrize("name", CASES)
def test_gradients(name):
    check_case(name, CASES[name]).assert_ok()


def test_forward_gives_the_named_grid_and_grids_gives_all(encoder, rng):
    encoder, images = encoder.eval(), _images(encoder, rng)
    grids = encoder.grids(images)
    assert list(grids) == [*encoder.grid_names, "global"]
    for name, grid in grids.items():
        features, _ = encoder.forward(images, grid=name)
        assert features.dtype == np.float32
        np.testing.assert_array_equal(features, grid)
        assert features.shape[1:] == encoder.grid_shape(name, images.shape[2])
    np.testing.assert_array_equal(encoder(images), grids[encoder.default_grid])
    last = grids[encoder.grid_names[-1]]
    np.testing.assert_array_equal(grids["global"], last.mean(axis=1, keepdims=True))


def test_a_second_backward_gives_the_same_and_doubles_the_parameter_gradients(encoder, rng):
    encoder, images = encoder.train(), _images(encoder, rng)
    images.setflags(write=False)
    encoder.zero_grad()
    features, cache = encoder.forward(images)
    upstream = rng.standard_normal(features.shape).astype(np.float32)
    first = encoder.backward(upstream, cache)
    gradients = [parameter.grad.copy() for parameter in encoder.parameters()]
    np.testing.assert_array_equal(encoder.backward(upstream, cache), first)
    assert first.shape == images.shape and first.dtype == np.float32
    for parameter, once in zip(encoder.parameters(), gradients):
        np.testing.assert_array_equal(parameter.grad, 2 * once)


def test_an_unknown_grid_is_one_sentence(encoder, rng):
    with pytest.raises(UserError, match=f"{encoder.name} has no grid 'conv9': choose .*global"):
        encoder.forward(_images(encoder, rng), grid="conv9")


def test_an_unknown_encoder_or_choice_is_one_sentence():
    with pytest.raises(UserError, match="no encoder 'vgg99': choose alexnet, .*mobilenet_v2, toy_cnn_v2, toy_cnn"):
        build("vgg99")
    with pytest.raises(UserError, match="toy_cnn has no classifier"):
        build("toy_cnn", classifier=True)
    with pytest.raises(UserError, match="alexnet has no transform_input"):
        build("alexnet", transform_input=True)
    with pytest.raises(UserError, match="without its classifier"):
        build("squeezenet1_1").logits(np.zeros((1, 3, 64, 64), np.float32))


def test_the_toy_grid_says_where(rng):
    """The last two features of a location are its row and column, from −1 to 1."""
    grid = build("toy_cnn", rng=0)(rng.standard_normal((2, 3, 64, 64)).astype(np.float32))
    assert grid.shape == (2, 64, 66)
    where = grid[1].reshape(8, 8, 66)[:, :, 64:]
    np.testing.assert_allclose(where[:, 3, 0], np.linspace(-1, 1, 8), atol=1e-6)
    np.testing.assert_allclose(where[5, :, 1], np.linspace(-1, 1, 8), atol=1e-6)
