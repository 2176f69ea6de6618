"""Parameters, buffers and submodules: their names, their order, and what happens to all of them at once."""

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.nn import Buffer, Dropout, Linear, Module, Parameter, Sequential, commit_statistics


class Model(Module):
    """A list of layers, a weight used twice, and a buffer."""

    def __init__(self):
        self.first = Linear(3, 4, rng=0)
        self.blocks = [Linear(4, 4, rng=1), Sequential(Linear(4, 4, rng=2), Dropout(0.5))]
        self.tied = Linear(4, 4, bias=False, rng=3)
        self.tied.W = self.blocks[0].W
        self.mean = Buffer(np.zeros(4, np.float32))
        self.scale = Parameter(np.ones(4, np.float32))


def test_names_are_dotted_in_order_and_once_per_object():
    assert [name for name, _ in Model().named_parameters()] == [
        "first.W", "first.b", "blocks.0.W", "blocks.0.b", "blocks.1.layers.0.W", "blocks.1.layers.0.b", "scale"]
    assert [name for name, _ in Model().named_buffers()] == ["mean"]
    assert [name for name, _ in Model().named_modules()] == [
        "first", "blocks.0", "blocks.1", "blocks.1.layers.0", "blocks.1.layers.1", "tied"]


def test_train_and_eval_reach_everything_inside():
    model = Model().eval()
    assert not any(module.training for _, module in model.named_modules())
    assert all(module.training for _, module in model.train().named_modules())


def test_astype_converts_data_gradients_and_buffers():
    model = Model().astype("float64")
    assert all(p.data.dtype == p.grad.dtype == np.float64 for p in model.parameters())
    assert model.mean.data.dtype == np.float64
    assert model.tied.W is model.blocks[0].W


def test_zero_grad_is_in_place():
    """The optimiser's flat buffer stays the gradients' home."""
    layer = Linear(2, 2, rng=0)
    grad = layer.W.grad
    grad += 1
    layer.zero_grad()
    assert layer.W.grad is grad and not grad.any()


def test_state_dict_goes_from_model_to_model():
    model, other = Model(), Model()
    for parameter in model.parameters():
        parameter.data += 1
    home = other.first.W.data
    other.load_state_dict(model.state_dict())
    assert other.first.W.data is home
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], array)


def test_wrong_state_is_refused_whole():
    """Missing, unexpected and misshapen names are told, and nothing is loaded."""
    layer = Linear(3, 2, rng=0)
    before = layer.W.data.copy()
    with pytest.raises(UserError, match="b is missing.*c is unexpected.*W has shape .2, 3. instead of .3, 2."):
        layer.load_state_dict({"W": np.ones((2, 3)), "c": np.ones(2)})
    np.testing.assert_array_equal(layer.W.data, before)


def test_takes_rng_follows_the_signature():
    assert Dropout.takes_rng and Sequential.takes_rng and not Linear.takes_rng


def test_commit_statistics_finds_updates_in_nested_caches():
    """Forward proposes, the trainer commits: in place, wherever in the cache the proposal lies."""
    class Proposal(tuple):
        updates = property(lambda self: self[1])
    buffer = Buffer(np.zeros(2))
    home = buffer.data
    commit_statistics(((1, "x"), [Proposal((None, ((buffer, np.ones(2)),)))]))
    assert buffer.data is home and home.tolist() == [1, 1]


@pytest.mark.gpu
def test_to_moves_there_and_back():
    model = Model().to("cuda")
    assert not isinstance(model.first.W.data, np.ndarray)
    assert isinstance(model.to("cpu").first.W.grad, np.ndarray)
