"""Embedding equals PyTorch's; repeated ids add up."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import Embedding


@pytest.mark.peer
@pytest.mark.parametrize("ids", [[0], [3, 3, 3], [[1, 4, 1], [0, 4, 4]], [[[2]]]])
def test_equals_torch(ids):
    assert_equals_torch(Embedding(5, 3, rng=0), lambda torch, x, p, _: p["W"][x[0]], np.array(ids))


def test_repeated_ids_add_up():
    """The gradient of a word is the sum over its occurrences; absent words get none."""
    layer = Embedding(4, 2, rng=0)
    y, cache = layer.forward(np.array([[1, 3], [1, 1]]))
    assert y.shape == (2, 2, 2)
    assert layer.backward(np.ones((2, 2, 2), np.float32), cache) is None
    assert layer.W.grad.tolist() == [[0, 0], [3, 3], [0, 0], [1, 1]]


def test_no_ids_no_gradient():
    layer = Embedding(4, 2, rng=0)
    y, cache = layer.forward(np.zeros((0,), int))
    layer.backward(y, cache)
    assert y.shape == (0, 2) and not layer.W.grad.any()
