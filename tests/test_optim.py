"""The update rules against textbook loops and PyTorch, the fast Adam, clipping, averaging, schedules."""

import math

import numpy as np
import pytest
from strict_arrays import strict

from minisat.backend import to_numpy
from minisat.nn import Linear, Parameter
from minisat.optim import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    Averager,
    FlatParameters,
    Momentum,
    RMSProp,
    clip_norm,
    clip_value,
    schedules,
)
from minisat.optim.fast import BLOCK


def make_parameters(rng, dtype=np.float32):
    return [Parameter(rng.standard_normal(shape).astype(dtype)) for shape in ((3, 5), (7,), ())]


def test_flat_buffer_gives_the_layers_views():
    """Values survive, layers see what the buffer does and the reverse, and a backward pass lands in it."""
    rng = np.random.default_rng(0)
    layer = Linear(3, 4, rng=rng)
    W = layer.W.data.copy()
    flat = FlatParameters(layer.parameters())
    assert np.array_equal(layer.W.data, W)
    assert all(p.data.base is not None and np.shares_memory(p.data, flat.data) for p in layer.parameters())
    flat.data *= 2
    assert np.array_equal(layer.W.data, 2 * W)
    y, cache = layer.forward(rng.standard_normal((5, 3)).astype(np.float32))
    layer.backward(np.ones_like(y), cache)
    assert np.array_equal(layer.b.grad, np.full(4, 5, np.float32))
    expected = math.sqrt(sum(float((p.grad.astype(np.float64) ** 2).sum()) for p in layer.parameters()))
    assert float(flat.norm()) == pytest.approx(expected, rel=1e-6)
    flat.zero_grad()
    assert not layer.W.grad.any() and not layer.b.grad.any()


def test_flat_buffer_is_aligned_and_typed():
    """Every parameter starts at a multiple of 64 entries; no parameters or two dtypes are refused."""
    flat = FlatParameters(parameters := make_parameters(np.random.default_rng(0)))
    offsets = [(p.data.ctypes.data - flat.data.ctypes.data) // 4 for p in parameters]
    assert offsets == [0, 64, 128] and flat.data.size == 192 and flat.data.dtype == np.float32
    with pytest.raises(ValueError):
        FlatParameters([])
    with pytest.raises(ValueError):
        FlatParameters([*parameters, Parameter(np.zeros(2))])


PEERS = {
    "sgd": (SGD, {}, "SGD", {}),
    "momentum": (Momentum, {"momentum": 0.8}, "SGD", {"momentum": 0.8}),
    "adagrad": (AdaGrad, {}, "Adagrad", {}),
    "rmsprop": (RMSProp, {"decay": 0.95}, "RMSprop", {"alpha": 0.95}),
    "adam": (Adam, {}, "Adam", {}),
}


@pytest.mark.peer
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", [*PEERS, "adamw"])
def test_rules_equal_torch(name, decay):
    """Eight steps with changing gradients and learning rates, float64; weight decay as AdamW's, before any rule."""
    torch = pytest.importorskip("torch")
    rule, ours, peer, theirs = PEERS["adam" if name == "adamw" else name]
    rng = np.random.default_rng(1)
    parameters = make_parameters(rng, np.float64)
    tensors = [torch.tensor(p.data.copy(), requires_grad=True) for p in parameters]
    flat = FlatParameters(parameters)
    optimizer = rule(flat, 0.05, decay, **ours)
    reference = (torch.optim.AdamW(tensors, lr=0.05, weight_decay=decay) if name == "adamw"
                 else getattr(torch.optim, peer)(tensors, lr=0.05, **theirs))
    for i in range(8):
        optimizer.learning_rate = reference.param_groups[0]["lr"] = 0.05 / (i + 1)
        for parameter, tensor in zip(parameters, tensors):
            gradient = rng.standard_normal(parameter.shape)
            parameter.grad[...] = gradient
            tensor.grad = torch.tensor(gradient)
            if name != "adamw":  # torch's other rules know the decay only as part of the gradient
                tensor.data *= 1 - optimizer.learning_rate * decay
        optimizer.step()
        reference.step()
    for parameter, tensor in zip(parameters, tensors):
        np.testing.assert_allclose(parameter.data, tensor.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rules_find_the_minimum_and_resume_exactly(name):
    """Each rule descends on a quadratic, stays float32, and goes on bit for bit from a saved state."""
    def make():
        parameter = Parameter(np.array([3.0, -2.0, 1.0], np.float32))
        return parameter, OPTIMIZERS[name](FlatParameters([parameter]), 0.05, 0.01)

    def steps(parameter, optimizer, count):
        for _ in range(count):
            parameter.grad[...] = parameter.data * np.float32([1, 3, 10])
            optimizer.step()

    whole, optimizer = make()
    steps(whole, optimizer, 60)
    assert np.abs(whole.data).sum() < 0.7 * 6 and whole.data.dtype == np.float32
    first, before = make()
    steps(first, before, 25)
    second, after = make()
    second.data[...] = first.data
    after.load_state_dict({key: array.copy() for key, array in before.state_dict().items()})
    steps(second, after, 35)
    assert np.array_equal(second.data, whole.data)


def run_rule(name, move):
    """Four steps of a rule, clipped and averaged, on arrays that `move` placed; the parameters in NumPy."""
    rng = np.random.default_rng(2)
    parameters = make_parameters(rng)
    for parameter in parameters:
        parameter.convert(move)
    flat = FlatParameters(parameters)
    optimizer, averager = OPTIMIZERS[name](flat, 0.05, 0.1), Averager([flat.data], 0.9)
    for _ in range(4):
        flat.zero_grad()
        for parameter in parameters:
            parameter.grad += move(rng.standard_normal(parameter.shape).astype(np.float32))
        clip_norm(flat, 1.0)
        clip_value(flat, 0.3)
        optimizer.step()
        averager.update()
    optimizer.load_state_dict({key: to_numpy(array) for key, array in optimizer.state_dict().items()})
    with averager.swapped():
        averages = [to_numpy(parameter.data).copy() for parameter in parameters]
    return [to_numpy(parameter.data) for parameter in parameters] + averages


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rules_on_strict_arrays(name):
    """Clipping, updates and averages never leave their home of arrays, and compute what NumPy computes."""
    for here, there in zip(run_rule(name, np.asarray), run_rule(name, strict.asarray)):
        np.testing.assert_allclose(there, here, rtol=1e-5, atol=1e-6)


@pytest.mark.gpu
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rules_on_gpu_equal_cpu(name, gpu):
    """The same on CuPy."""
    for here, there in zip(run_rule(name, np.asarray), run_rule(name, gpu)):
        np.testing.assert_allclose(there, here, rtol=1e-4, atol=1e-5)


def test_state_of_another_rule_is_refused():
    """Adam's state does not fit momentum."""
    flat = FlatParameters(make_parameters(np.random.default_rng(0)))
    with pytest.raises(ValueError):
        Momentum(flat, 0.1).load_state_dict(Adam(flat, 0.1).state_dict())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weight_decay_by_hand(name):
    """The weights shrink by η·λ first, and the rule does as without."""
    def once(data, grad, decay=0.0):
        parameter = Parameter(np.array(data))
        optimizer = OPTIMIZERS[name](FlatParameters([parameter]), 0.5, decay)
        parameter.grad[...] = grad
        optimizer.step()
        return parameter.data
    data, grad = np.array([2.0, -4.0]), np.array([1.0, 3.0])
    np.testing.assert_allclose(once(data, grad, 0.1), once(data * (1 - 0.5 * 0.1), grad), rtol=1e-12)


def test_sgd_by_hand():
    """Weight decay first, then the gradient: (2 − 0.5·0.1·2) − 0.5·1 = 1.4."""
    parameter = Parameter(np.array([2.0]))
    optimizer = SGD(FlatParameters([parameter]), 0.5, 0.1)
    parameter.grad[...] = 1.0
    optimizer.step()
    assert parameter.data == pytest.approx(1.4)


def test_adam_corrects_the_bias():
    """The very first step has length η in every entry, whatever the gradient's size."""
    parameter = Parameter(np.zeros(3))
    optimizer = Adam(FlatParameters([parameter]), 0.1)
    parameter.grad[...] = [1e-3, -1.0, 1e3]
    optimizer.step()
    np.testing.assert_allclose(parameter.data, [-0.1, 0.1, -0.1], rtol=1e-4)


@pytest.mark.parametrize("size", [1, BLOCK - 1, 2 * BLOCK + 3])
def test_adam_in_blocks_equals_the_reference(size):
    """NumPy's twin equals the readable reference to 1e-10 over five steps, with any remainder of a block."""
    rng = np.random.default_rng(size)
    slow, fast = (Adam(FlatParameters([Parameter(np.ones(size))]), 0.01) for _ in range(2))
    slow.flat.data[...] = fast.flat.data[...] = rng.standard_normal(slow.flat.data.size)
    for t in range(1, 6):
        grad = rng.standard_normal(slow.flat.data.size)
        grad.setflags(write=False)
        slow.steps = fast.steps = t
        Adam.update.reference(slow, slow.flat.data, grad)
        fast.update(fast.flat.data, grad)
    for a, b in ((slow.flat.data, fast.flat.data), (slow.mean, fast.mean), (slow.square, fast.square)):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)


def test_clip_norm():
    """Long gradients are shortened to the limit over all groups together, short ones are left alone."""
    rng = np.random.default_rng(0)
    groups = [FlatParameters(make_parameters(rng)) for _ in range(2)]
    for group in groups:
        group.grad[...] = rng.standard_normal(group.grad.shape)
    before = [group.grad.copy() for group in groups]
    length = math.sqrt(sum(float(g @ g) for g in before))
    assert float(clip_norm(groups, 1e6)) == pytest.approx(length, rel=1e-6)
    assert all(np.array_equal(g.grad, b) for g, b in zip(groups, before))
    assert float(clip_norm(groups, 0.5)) == pytest.approx(length, rel=1e-6)
    assert math.sqrt(sum(float(g.norm()) ** 2 for g in groups)) == pytest.approx(0.5, rel=1e-5)
    assert groups[0].grad.dtype == np.float32
    groups[1].grad[3] = np.nan
    assert np.isnan(clip_norm(groups, 1.0))


def test_clip_value():
    """No entry is larger than the limit afterwards and small ones are untouched."""
    flat = FlatParameters([Parameter(np.zeros(4, np.float32))])
    flat.grad[:4] = [-3, -0.5, 0.25, 9]
    clip_value(flat, 1.0)
    assert flat.grad[:4].tolist() == [-1, -0.5, 0.25, 1]


@pytest.mark.parametrize("decay", [0.9, 0.999])
def test_averager_is_the_weighted_mean(decay):
    """After t updates it is Σ decay^(t−i) w_i / Σ decay^(t−i), in blocks or not, and swaps back exactly."""
    rng = np.random.default_rng(0)
    arrays = [np.zeros(2 * BLOCK + 5), np.zeros((2, 3)), np.zeros(())]
    averager = Averager(arrays, decay)
    with averager.swapped():
        assert not arrays[0].any()
    history = []
    for _ in range(6):
        for array in arrays:
            array[...] = rng.standard_normal(array.shape)
        history.append([array.copy() for array in arrays])
        averager.update()
    weights = decay ** np.arange(5, -1, -1)
    weights /= weights.sum()
    with averager.swapped():
        for i, array in enumerate(arrays):
            np.testing.assert_allclose(array, sum(w * h[i] for w, h in zip(weights, history)),
                                       rtol=1e-9, atol=1e-12)
    assert all(np.array_equal(a, b) for a, b in zip(arrays, history[-1]))
    other = Averager([np.zeros_like(array) for array in arrays], decay)
    other.load_state_dict(averager.state_dict())
    assert other.steps == 6 and np.array_equal(other.averages[0], averager.averages[0])


def test_schedules():
    """Warm-up rises linearly and never is zero; each schedule goes on as its formula says, in floats."""
    assert [schedules.constant(4)(i) for i in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])
    assert [schedules.step(2, 0.5)(i) for i in range(6)] == [1, 1, 0.5, 0.5, 0.25, 0.25]
    cosine = schedules.cosine(110, warmup=10)
    assert cosine(10) == 1 and cosine(60) == pytest.approx(0.5) and cosine(110) == pytest.approx(0)
    assert cosine(500) == pytest.approx(0) and all(type(cosine(i)) is float for i in (0, 9, 10, 60))
    assert schedules.cosine(5, warmup=10)(10) == 1 and schedules.cosine(1)(1) == pytest.approx(0)
    floored = schedules.cosine(100, floor=0.2)
    assert [floored(i) for i in (0, 25, 50, 100, 900)] == pytest.approx([1, 0.6 + 0.4 * 0.5**0.5, 0.6, 0.2, 0.2])


def test_plateau_drops_after_patience():
    """Two scores in a row without a new best multiply the factor; the state survives JSON's types."""
    plateau = schedules.Plateau(0.5, 2)
    assert [plateau.update(score) for score in (1, 2, 2, 1, 3, 1)] == [1, 1, 1, 0.5, 0.5, 0.5]
    other = schedules.Plateau(0.5, 2)
    other.load_state_dict(plateau.state_dict())
    assert other.update(0) == plateau.update(0) == 0.25
