"""Freezing: arrays keep their names and values, have no gradient, and BatchNorm keeps its running statistics."""

import numpy as np

from minisat.gradcheck import check
from minisat.nn import BatchNorm2d, Buffer, Conv2d, Frozen, Sequential, commit_statistics, freeze


def _layers():
    return Sequential(Conv2d(3, 4, 3, rng=0), BatchNorm2d(4))


def test_frozen_arrays_stay_in_the_state_under_their_names_and_learn_no_more(rng):
    layers, x = _layers(), rng.standard_normal((2, 3, 5, 5)).astype(np.float32)
    before, expected = layers.state_dict(), layers.eval()(x)
    assert freeze(layers) is layers
    assert list(layers.named_parameters()) == []
    assert {name: id(array) for name, array in layers.state_dict().items()} == {
        name: id(array) for name, array in before.items()}
    assert all(isinstance(buffer, Frozen) for _, buffer in layers.named_buffers())
    np.testing.assert_array_equal(layers.train()(x), expected)
    assert layers.astype("float64").state_dict()["layers.0.W"].dtype == np.float64


def test_frozen_statistics_are_used_and_kept_in_training_while_gamma_and_beta_learn(rng):
    norm, x = BatchNorm2d(3), rng.standard_normal((4, 3, 2, 2)) + 5.0
    norm.running_mean.data[...], norm.running_var.data[...] = [4.0, 5.0, 6.0], [0.5, 1.0, 2.0]
    expected = norm.eval()(x)
    freeze(norm.train(), Buffer)
    assert [name for name, _ in norm.named_parameters()] == ["gamma", "beta"]
    y, cache = norm.forward(x)
    np.testing.assert_array_equal(y, expected)
    commit_statistics(cache)
    np.testing.assert_array_equal(norm.running_mean.data, [4.0, 5.0, 6.0])
    check(norm, x).assert_ok()
