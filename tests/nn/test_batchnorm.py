"""BatchNorm2d against PyTorch in both modes, and that its forward pass is pure."""

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.gradcheck import check_case
from minisat.nn import BatchNorm2d, Sequential, commit_statistics
from minisat.nn.cases import CASES


@pytest.fixture
def layer(rng):
    layer = BatchNorm2d(3, momentum=0.3).astype("float64")
    layer.gamma.data[...], layer.beta.data[...] = rng.standard_normal((2, 3))
    layer.running_mean.data[...], layer.running_var.data[...] = rng.standard_normal(3), rng.uniform(0.5, 2, 3)
    return layer


@pytest.mark.peer
@pytest.mark.parametrize("training", [False, True])
def test_outputs_gradients_and_statistics_equal_torch(rng, layer, training):
    torch = pytest.importorskip("torch")
    peer = torch.nn.BatchNorm2d(3, momentum=0.3).double().train(training)
    peer.load_state_dict({"weight": torch.from_numpy(layer.gamma.data.copy()),
                          "bias": torch.from_numpy(layer.beta.data.copy()),
                          "running_mean": torch.from_numpy(layer.running_mean.data.copy()),
                          "running_var": torch.from_numpy(layer.running_var.data.copy())}, strict=False)
    layer.train(training)
    x, dy = rng.standard_normal((2, 2, 3, 4, 5)) * 2 + 1
    x.setflags(write=False)
    y, cache = layer.forward(x)
    dx = layer.backward(dy, cache)
    commit_statistics(cache)
    tx = torch.from_numpy(np.array(x)).requires_grad_()
    ty = peer(tx)
    ty.backward(torch.from_numpy(np.array(dy)))
    for ours, theirs in ((y, ty.detach()), (dx, tx.grad), (layer.gamma.grad, peer.weight.grad),
                         (layer.beta.grad, peer.bias.grad), (layer.running_mean.data, peer.running_mean),
                         (layer.running_var.data, peer.running_var)):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-12)


def test_forward_changes_nothing_and_the_commit_moves_the_statistics(rng, layer):
    x = rng.standard_normal((2, 3, 4, 5))
    before = {name: array.copy() for name, array in layer.state_dict().items()}
    model = Sequential(layer)
    _, cache = model.forward(x)
    for name, array in layer.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    commit_statistics(cache)
    np.testing.assert_allclose(layer.running_mean.data, 0.7 * before["running_mean"] + 0.3 * x.mean(axis=(0, 2, 3)))
    np.testing.assert_allclose(layer.running_var.data,
                               0.7 * before["running_var"] + 0.3 * x.var(axis=(0, 2, 3), ddof=1))


def test_training_output_has_mean_beta_and_deviation_gamma(rng, layer):
    y = layer(rng.standard_normal((4, 3, 6, 6)) * 5 + 9)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), layer.beta.data, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(0, 2, 3)), abs(layer.gamma.data), rtol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_float32_stays_float32(rng, training):
    layer = BatchNorm2d(3).train(training)
    y, cache = layer.forward(rng.standard_normal((2, 3, 4, 5)).astype(np.float32))
    assert y.dtype == layer.backward(y, cache).dtype == np.float32
    assert all(new.dtype == np.float32 for _, new in cache.updates)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("batch_norm2d")])
def test_gradients(name):
    check_case(name, CASES[name]).assert_ok()


def test_one_value_per_channel_cannot_train_but_can_be_evaluated():
    x = np.ones((1, 3, 1, 1), np.float32)
    with pytest.raises(UserError, match="single value per channel"):
        BatchNorm2d(3).forward(x)
    np.testing.assert_allclose(BatchNorm2d(3).eval()(x), x, rtol=1e-5)
