"""Fine-tuning the last blocks: which they are, what stays as it is, and gradients like the whole network's."""

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.nn import Conv2d, Frozen, commit_statistics
from minisat.vision import build, tuned_blocks


def _images(rng, N=2):
    return rng.standard_normal((N, 3, 16, 16)).astype(np.float32)


@pytest.mark.parametrize("blocks, names", [
    ("none", []), ("1", ["conv4.0"]), ("2", ["conv3.0", "conv4.0"]), ("conv4", ["conv4.0"]),
    ("conv4,conv3.0", ["conv3.0", "conv4.0"]), ("all", ["conv1.0", "conv2.0", "conv3.0", "conv4.0"])])
def test_blocks_by_number_or_name(blocks, names):
    assert tuned_blocks(build("toy_cnn"), blocks) == names


def test_blocks_are_counted_back_from_the_grid():
    network = build("mobilenet_v2", rng=0)
    assert tuned_blocks(network, "2") == tuned_blocks(network, "2", "global") == ["features.17", "features.18"]
    assert tuned_blocks(network, "1", "features.13") == ["features.13"]


@pytest.mark.parametrize("blocks, sentence", [
    ("5", "toy_cnn has 4 blocks up to conv4: 5 of them"), ("0", "0 of them"), ("-1", "no block '-1'"),
    ("conv9", "no block 'conv9' up to conv4: choose from conv1.0, conv2.0, conv3.0, conv4.0"),
    ("conv2,conv4", "behind it: add conv3.0")])
def test_mistakes_are_one_sentence(blocks, sentence):
    with pytest.raises(UserError, match=sentence):
        tuned_blocks(build("toy_cnn"), blocks)


@pytest.mark.parametrize("batchnorm", ["frozen", "live"])
def test_the_tuned_blocks_get_the_whole_networks_gradients_and_nothing_else_any(rng, batchnorm):
    """Held against an encoder that learns as a whole, its frozen BatchNorms in evaluation mode."""
    images, whole, tuned = _images(rng), build("toy_cnn", rng=0), build("toy_cnn", rng=0)
    for norm in (whole.norm1, whole.norm2, *((whole.norm3, whole.norm4) if batchnorm == "frozen" else ())):
        norm.eval()
    tuned.tune(["conv3.0", "conv4.0"], batchnorm=batchnorm)
    features, cache = tuned.forward(images)
    expected, whole_cache = whole.forward(images)
    np.testing.assert_array_equal(features, expected)
    upstream = rng.standard_normal(features.shape).astype(np.float32)
    whole.backward(upstream, whole_cache)
    assert tuned.backward(upstream, cache) is None
    learning, gradients = dict(tuned.named_parameters()), dict(whole.named_parameters())
    assert list(learning) == ["conv3.W", "norm3.gamma", "norm3.beta", "conv4.W", "norm4.gamma", "norm4.beta"]
    for name, parameter in learning.items():
        np.testing.assert_array_equal(parameter.grad, gradients[name].grad)
    assert len(cache.caches) == 7  # conv3, norm3, relu, conv4, norm4, relu, coordinates: nothing of the frozen half
    commit_statistics(cache)
    moved = {name for name, array in build("toy_cnn", rng=0).state_dict().items()
             if not np.array_equal(array, tuned.state_dict()[name])}
    assert moved == (set() if batchnorm == "frozen" else {
        "norm3.running_mean", "norm3.running_var", "norm4.running_mean", "norm4.running_var"})


def test_what_lies_behind_the_grid_is_frozen_too():
    network = build("mobilenet_v2", rng=0).tune(["features.13"], "features.13")
    assert {name.split(".")[1] for name, _ in network.named_parameters()} == {"13"}
    assert all(isinstance(buffer, Frozen) for _, buffer in network.named_buffers())


def test_a_network_that_learns_nowhere_has_no_parameters(rng):
    network = build("toy_cnn", rng=0).tune([])
    features, cache = network.forward(_images(rng))
    assert network.parameters() == [] and cache.caches == () and network.backward(features, cache) is None
    assert network.grid_shape() == (64, 66)


def test_the_rest_of_the_network_from_an_earlier_stages_features(rng):
    """Forward and gradients from stored features of the frozen part are those from the photos."""
    images, network = _images(rng), build("toy_cnn", rng=0).tune(["conv4.0"], batchnorm="live")
    features, cache = network.forward(images)
    network.backward(features, cache)
    gradient = network.conv4.W.grad.copy()
    network.zero_grad()
    half = network(images, grid="conv3.2")
    assert half.shape == (2, 4, 64)
    again, cache = network.forward(half, after="conv3.2")
    np.testing.assert_array_equal(again, features)
    np.testing.assert_array_equal(network(half, after="conv3.2"), network(images))
    assert network.backward(again, cache) is None
    np.testing.assert_array_equal(network.conv4.W.grad, gradient)


@pytest.mark.parametrize("blocks, alone", [("1", True), ("2", True), ("3", False)])
def test_the_gradient_of_what_goes_into_the_first_tuned_layer_is_not_computed(blocks, alone):
    """Where one convolution alone sees it, as in features.18 and 17; around the shortcut of 16 it is, and dropped."""
    network = build("mobilenet_v2", rng=0)
    network.tune(tuned_blocks(network, blocks))
    off = [module for _, module in network.named_modules() if isinstance(module, Conv2d) and not module.input_gradient]
    assert len(off) == alone
