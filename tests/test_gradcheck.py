"""The checker finds every kind of broken gradient, and passes right ones."""

import importlib
import pkgutil

import numpy as np
import pytest
from broken_layers import (
    IDS,
    MUTANTS,
    CacheChanged,
    CellMemoryDropped,
    IdsWithGradient,
    InputChanged,
    OneEntryOff,
    Overwritten,
    Raising,
    SignFlipped,
    SignFlippedSigmoid,
    TermDropped,
    UpstreamChanged,
    WeightChanged,
    ZeroSoftmax,
    normal,
)

import minisat
from minisat.captioner.cases import CASES as CAPTIONER_CASES
from minisat.captioner.cases import EVERY_CASE
from minisat.gradcheck import check, check_case
from minisat.nn import Add, Dropout, Linear, Module, Parameter, ReLU, Tanh
from minisat.nn.cases import CASES


class CacheFilled(Tanh):
    """Keeps in its cache what backward computed."""

    def forward(self, x):
        y, cache = super().forward(x)
        return y, [None, cache]

    def backward(self, dy, cache):
        cache[0] = super().backward(dy, cache[1])
        return cache[0]


class CacheEmptied(Tanh):
    """Throws away what backward has used."""

    def forward(self, x):
        y, cache = super().forward(x)
        return y, [cache, y]

    def backward(self, dy, cache):
        cache[1] = None
        return super().backward(dy, cache[0])


@pytest.mark.parametrize("name", CASES)
def test_every_layer_passes(name):
    """Unbroken layers are right to 1e-6, with nothing left out."""
    report = check_case(name, CASES[name]).assert_ok()
    assert report.tensors and all(tensor.probes > 0 for tensor in report.tensors)
    assert sum(tensor.excluded for tensor in report.tensors) == 0


@pytest.mark.parametrize("name", ["linear", "lstm_cell", "recurrent.gru", "cross_entropy.masked", "sequential"])
def test_directions_pass_too(name):
    """Random directions agree where every entry does."""
    module, inputs, noise = CASES[name](np.random.default_rng(1))
    report = check(module, *inputs, noise=noise, directions=3).assert_ok()
    assert all(tensor.probes == 3 for tensor in report.tensors)


@pytest.mark.parametrize("whole, broken, arguments, inputs, noise", MUTANTS, ids=lambda x: getattr(x, "__name__", ""))
def test_mutant_is_caught(whole, broken, arguments, inputs, noise):
    """The broken layer fails its check and the unbroken one passes, on the same inputs."""
    check(whole(*arguments), *inputs, noise=noise).assert_ok()
    report = check(broken(*arguments), *inputs, noise=noise)
    assert not report.ok
    with pytest.raises(AssertionError):
        report.assert_ok()


@pytest.mark.parametrize("mutant", [TermDropped, SignFlipped])
def test_mutant_is_caught_along_directions(mutant):
    """Random directions see a wrong tensor as well."""
    assert not check(mutant(), normal(3, 4), directions=2).ok


# -- what the report says

def test_report_names_worst_tensor_and_index():
    """The message has the tensor, the entry and both numbers; the table marks the row."""
    report = check(OneEntryOff(4, 3), normal(3, 4))
    assert report.worst.name == "W" and report.worst.worst == "[2, 1]"
    assert "W (4, 3)" in report.explain() and "[2, 1]" in report.explain()
    assert [line for line in str(report).splitlines() if line.endswith("WRONG")][0].startswith("W ")


def test_report_says_what_is_changed():
    """Purity problems name the place by its field."""
    assert "A pass changes cache.y." in check(CacheChanged(), normal(3, 4)).problems
    assert "A pass changes inputs.0." in check(InputChanged(), normal(3, 4)).problems
    assert "A pass changes module.W." in check(WeightChanged(4, 3), normal(3, 4)).problems
    assert "A pass changes cache.0." in check(CacheFilled(), normal(3, 4)).problems
    assert "A pass changes cache.1." in check(CacheEmptied(), normal(3, 4)).problems
    report = check(UpstreamChanged(), normal(3, 4))
    assert "A pass changes upstream." in report.problems
    assert "x = x + y makes a new array" in report.explain() and "must be added (+=)" not in report.explain()
    assert any("not double the gradient of W" in problem for problem in check(Overwritten(4, 3), normal(2, 4)).problems)
    assert "must return None" in check(IdsWithGradient(5, 3), IDS).explain()


def test_error_keeps_its_traceback():
    """An exception in a layer fails the check and is the cause of the AssertionError."""
    with pytest.raises(AssertionError, match="no such axis") as caught:
        check(Raising(), normal(2, 2)).assert_ok()
    assert isinstance(caught.value.__cause__, IndexError)
    assert str(check(Raising(), normal(2, 2))).startswith("Raising: IndexError was raised"), "no table of nothing"


def test_model_and_inputs_stay_as_they_are():
    """The check works on a float64 copy."""
    layer, x = Linear(4, 3, rng=0), normal(2, 4).astype(np.float32)
    W, before = layer.W.data.copy(), x.copy()
    check(layer, x).assert_ok()
    assert layer.W.data.dtype == np.float32
    np.testing.assert_array_equal(layer.W.data, W)
    np.testing.assert_array_equal(x, before)
    assert not layer.W.grad.any()


def test_nothing_to_check_is_no_pass():
    """Integers alone prove nothing."""
    assert "nothing to check" in check(Add(), np.arange(3)).explain()


class Product(Module):
    """(a, b) → a b: one input, which is a tuple."""

    def forward(self, pair):
        a, b = pair
        return a * b, pair

    def backward(self, dy, pair):
        """(da, db), the gradient of the one input."""
        a, b = pair
        return dy * b, dy * a


class HalfProduct(Product):
    def backward(self, dy, pair):
        """With the first one's gradient for both."""
        return dy * pair[1], dy * pair[1]


def test_a_sole_input_may_be_a_tuple():
    pair = np.array([1.0, 2.0, -3.0]), np.array([0.5, -1.0, 4.0])
    assert check(Product(), pair).ok
    assert not check(HalfProduct(), pair).ok


def test_same_seed_same_report():
    """A check is reproducible."""
    x = normal(2, 4)
    assert check(Linear(4, 3, rng=0), x, rng=3).tensors == check(Linear(4, 3, rng=0), x, rng=3).tensors


# -- kinks

def test_kink_nearby_is_stepped_over():
    """An entry closer to a ReLU's kink than the first step is still checked, with a smaller one."""
    x = normal(40)
    x[7] = 3e-6
    report = check(ReLU(), x).assert_ok()
    assert report.tensors[0].excluded == 0


def test_kink_is_left_out_and_counted():
    """An entry exactly on a kink has no numeric gradient: it is excluded, and the report says so."""
    x = normal(40)
    x[7] = 0.0
    report = check(ReLU(), x).assert_ok()
    assert report.tensors[0].excluded == 1


def test_too_many_kinks_fail():
    """A check does not pass by leaving everything out."""
    x = normal(40)
    x[:10] = 0.0
    report = check(ReLU(), x)
    assert not report.ok and "sit on a kink" in report.explain()


class SlopeFiveAtZero(ReLU):
    def backward(self, dy, cache):
        return super().backward(dy, cache) + 5 * dy * (cache.y == 0)


def test_a_kink_excuses_only_slopes_between_left_and_right():
    """At x = 0 a ReLU's gradient may be anything from 0 to 1, and nothing else."""
    x = np.abs(normal(40))
    x[7] = 0.0
    assert check(ReLU(), x).ok
    report = check(SlopeFiveAtZero(), x)
    assert not report.ok and report.tensors[0].excluded == 0 and report.worst.worst == "[7]"


class WrongCube(Module):
    """y = x³ with a wrong derivative, steep enough to look rough."""

    def forward(self, x):
        return (30 * x) ** 3, (x,)

    def backward(self, dy, cache):
        return dy * 3 * 30 * (30 * cache[0]) ** 2 * 1.001


def test_steep_is_not_a_kink():
    """A steep smooth function is not excused."""
    report = check(WrongCube(), normal(10))
    assert not report.ok and report.tensors[0].excluded == 0


# -- whole models

class Counting(Linear):
    """Counts its forward passes over all copies."""

    calls = 0

    def forward(self, x):
        Counting.calls += 1
        return super().forward(x)


@pytest.mark.parametrize("size", [3, 60])
def test_directions_cost_the_same_for_any_size(size):
    """The number of forward passes depends on the tensors and directions, not on the entries."""
    Counting.calls = 0
    check(Counting(size, size, rng=0), normal(2, size), directions=2).assert_ok()
    assert Counting.calls == 2 + 3 * 2 * 2  # two for the contract; three tensors, two directions, two sides


@pytest.mark.parametrize("part, mutant", [
    ("softmax", ZeroSoftmax()), ("sigmoid", SignFlippedSigmoid()), ("cell", CellMemoryDropped(9, 6, rng=0))])
def test_broken_part_of_a_captioner_is_seen(part, mutant):
    """One wrong layer inside Show, Attend and Tell fails the check of the whole, along random directions."""
    objective, inputs, noise = CAPTIONER_CASES["captioner.soft-attention"](np.random.default_rng(0))
    check(objective, *inputs, noise=noise, directions=2).assert_ok()
    setattr(objective.captioner.attend, part, mutant)
    assert not check(objective, *inputs, noise=noise, directions=2).ok


class NoisyModel(Module):
    """Two outputs, one of them absent; tied weights; dropout; an unused parameter."""

    def __init__(self):
        self.first = Linear(4, 4, rng=0)
        self.second = Linear(4, 4, rng=1)
        self.second.W = self.first.W
        self.dropout = Dropout(0.5)
        self.unused = Parameter(np.ones(3, np.float32))

    def forward(self, x, rng=None):
        a, first = self.first.forward(x)
        dropped, dropout = self.dropout.forward(a, rng=rng)
        b, second = self.second.forward(dropped)
        return (a, None, b), (first, dropout, second)

    def backward(self, upstream, cache):
        da, _, db = upstream
        first, dropout, second = cache
        return self.first.backward(da + self.dropout.backward(self.second.backward(db, second), dropout), first)


def test_model_with_tied_weights_several_outputs_and_noise():
    """Tied weights are checked once, outputs that are None are left alone, unused parameters have gradient zero."""
    report = check(NoisyModel(), normal(3, 4)).assert_ok()
    assert [tensor.name for tensor in report.tensors] == ["x", "first.W", "first.b", "second.b", "unused"]


# The modules that no case runs, and what holds them instead.
WITHOUT_A_CASE = {
    "Cell": "a base: LSTM, GRU and RNN have cases", "_Pool2d": "a base: both poolings have cases",
    "Encoder": "a base: encoder.tiny runs its machinery", "TorchvisionWeights": "a base: SqueezeNet has a case",
    "AlexNet": "layers with cases, too large for one; held to torchvision", "VGG": "as AlexNet", "VGG16": "as AlexNet",
    "VGG19": "as AlexNet", "GoogLeNet": "as AlexNet", "InceptionV3": "as AlexNet", "MobileNetV2": "as AlexNet",
    "ResNet": "as AlexNet", "ResNet18": "as AlexNet", "ResNet34": "as AlexNet", "ResNet50": "as AlexNet",
    "ResNet101": "as AlexNet", "ResNet152": "as AlexNet",
    "FastHardTeacherForcing": "held to its reference, which has cases (captioner/test_fast_hard_twin.py)",
    "CudaTeacherForcing": "kernels; held to the reference, which has cases (gpu/test_training_twins.py)",
    "CudaHardTeacherForcing": "as CudaTeacherForcing",
    "FastConv2d": "inference alone, no backward; held to its reference (vision/test_fast_inference.py)",
    "FastResidual": "as FastConv2d", "Identity": "what folding leaves of a BatchNorm, inference alone",
    "Captioned": "decoding, no backward: training goes through Through, which has cases",
    "NamingEye": "the lessons' classifier, Linear layers on an encoder", "_OneCall": "the trace's view of one call",
    "Pair": "a learner's functions as a layer; held right and wrong by the capstone (teaching/test_capstone.py)"}


def test_every_module_has_a_case_or_a_reason():
    """Its class is a case's, or stands inside one; what is named here and does not need it is found out, too."""
    for module in pkgutil.walk_packages(minisat.__path__, "minisat."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))
    cases = [case(np.random.default_rng(0))[0] for case in EVERY_CASE.values()]
    seen = {type(part) for module in cases for part in (module, *(inner for _, inner in module.named_modules()))}
    unseen = [kind for kind in below(Module) - seen - {Module} if kind.__module__.startswith("minisat.")]
    assert sorted(kind.__name__ for kind in unseen) == sorted(WITHOUT_A_CASE)
