"""Sequential, Branches and Residual: the chain rule over layers put together, noise passed on."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import Branches, Dropout, Linear, ReLU, Residual, Sequential, Tanh


@pytest.mark.peer
def test_sequential_equals_torch(rng):
    def reference(torch, x, p, _):
        hidden = torch.relu(x[0] @ p["layers.0.W"] + p["layers.0.b"])
        return torch.tanh(hidden @ p["layers.2.W"] + p["layers.2.b"])
    assert_equals_torch(Sequential(Linear(4, 6, rng=0), ReLU(), Linear(6, 2, rng=1), Tanh()), reference,
                        rng.standard_normal((3, 4)))


@pytest.mark.peer
def test_branches_equal_torch(rng):
    """Outputs side by side on the channel axis; the input's gradient is the sum over branches."""
    def reference(torch, x, p, _):
        return torch.cat([x[0], torch.tanh(x[0]), torch.relu(x[0])], dim=1)
    assert_equals_torch(Branches(Sequential(), Tanh(), ReLU()), reference, rng.standard_normal((2, 3, 4, 5)))


@pytest.mark.peer
@pytest.mark.parametrize("shortcut", [None, Linear(4, 4, rng=1)], ids=["identity", "linear"])
def test_residual_equals_torch(rng, shortcut):
    """The input's gradient is the sum over both ways."""
    def reference(torch, x, p, _):
        short = x[0] @ p["shortcut.W"] + p["shortcut.b"] if shortcut else x[0]
        return torch.tanh(x[0] @ p["body.layers.0.W"] + p["body.layers.0.b"]) + short
    assert_equals_torch(Residual(Sequential(Linear(4, 4, rng=0), Tanh()), shortcut), reference,
                        rng.standard_normal((3, 4)))


def test_a_call_equals_forward(rng):
    """Inference drops caches on the way; its numbers are the same."""
    inner = Residual(Sequential(Linear(6, 6, rng=0), Dropout(0.5)), Linear(6, 6, rng=1))
    model, x = Sequential(Branches(inner, Tanh()), ReLU()), rng.standard_normal((4, 6))
    np.testing.assert_array_equal(model(x, rng=np.random.default_rng(3)),
                                  model.forward(x, rng=np.random.default_rng(3))[0])


def test_rng_reaches_layers_inside_layers(rng):
    """One rng serves all stochastic layers, in order; the same seed gives the same outputs."""
    model = Sequential(Branches(Dropout(0.5), Sequential(Tanh(), Dropout(0.5))), Dropout(0.5))
    x = rng.standard_normal((4, 6))
    a, b = (model(x, rng=np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert (a == 0).any() and model.eval()(x).all()
    with pytest.raises(ValueError, match="needs an rng"):
        model.train()(x)


def test_empty_sequential_is_the_identity():
    x = np.ones((2, 3))
    y, cache = Sequential().forward(x)
    assert y is x and Sequential().backward(x, cache) is x
