"""Activations and the softmax equal PyTorch's, and stay finite at the ends of float32."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import LeakyReLU, ReLU, ReLU6, Sigmoid, Softmax, Tanh

PAIRS = [
    (ReLU(), lambda torch, x: torch.relu(x)),
    (LeakyReLU(0.2), lambda torch, x: torch.nn.functional.leaky_relu(x, 0.2)),
    (ReLU6(), lambda torch, x: torch.nn.functional.relu6(x)),
    (Tanh(), lambda torch, x: torch.tanh(x)),
    (Sigmoid(), lambda torch, x: torch.sigmoid(x)),
    (Softmax(), lambda torch, x: torch.softmax(x, -1)),
]


@pytest.mark.peer
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (2, 3, 4), (7,)])
@pytest.mark.parametrize("layer, reference", PAIRS, ids=lambda x: type(x).__name__)
def test_equals_torch(rng, layer, reference, shape):
    x = rng.standard_normal(shape) * 5
    assert_equals_torch(layer, lambda torch, inputs, p, _: reference(torch, inputs[0]), x)


@pytest.mark.parametrize("layer, _", PAIRS, ids=lambda x: type(x).__name__)
def test_extremes_stay_finite(layer, _):
    """No overflow and no warning for ±1e30, forward or backward."""
    x = np.array([[-1e30, -100, 0, 100, 1e30]], np.float32)
    with np.errstate(all="raise", under="ignore"):
        y, cache = layer.forward(x)
        dx = layer.backward(np.ones_like(y), cache)
    assert np.isfinite(y).all() and np.isfinite(dx).all()


def test_sigmoid_keeps_its_precision_far_left():
    """σ(-80) is e^-80, not 0."""
    assert Sigmoid()(np.array([-80.0], np.float32))[0] == pytest.approx(np.exp(-80.0), rel=1e-5)


def test_softmax_equals_a_loop(rng):
    x = rng.standard_normal((2, 3))
    for row, y in zip(x, Softmax()(x)):
        total = sum(np.exp(v) for v in row)
        np.testing.assert_allclose(y, [np.exp(v) / total for v in row])


def test_softmax_ignores_a_shift(rng):
    x = rng.standard_normal((4, 6))
    np.testing.assert_allclose(Softmax()(x), Softmax()(x + 1000), atol=1e-12)
