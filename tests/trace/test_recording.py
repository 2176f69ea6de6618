"""A trace records every call of a step from outside and leaves nothing behind."""

import time

import numpy as np
import pytest

from minisat.captioner.cases import CASES
from minisat.nn import Linear, Sequential, Tanh
from minisat.trace import demo_step, trace


def record(name="captioner.soft-attention"):
    model, inputs, noise = CASES[name](np.random.default_rng(0))
    with trace(model) as recording:
        _, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
        model.backward(1.0, cache)
    return model, recording


def wrapped(model):
    modules = (("", model), *model.named_modules())
    return [name for name, module in modules if {"forward", "backward"} & set(vars(module))]


def test_wrappers_are_taken_off():
    """After the block, also one that an exception ended, the layers are as before, and what was recorded stays."""
    model = Sequential(Linear(3, 4), Tanh())
    with trace(model):
        assert wrapped(model) == ["", "layers.0", "layers.1"]
    assert wrapped(model) == []
    with pytest.raises(ValueError), trace(model) as recording:
        model.forward(np.ones((2, 5), np.float32))
    assert wrapped(model) == []
    assert [(call.path, call.ended) for call in recording.calls] == [("Sequential", None), ("layers.0", None)]


def test_a_method_of_the_instance_is_put_back():
    """A layer whose forward was replaced on the instance has the replacement again afterwards."""
    layer = Tanh()
    layer.forward = replacement = lambda x: (x, None)
    with trace(layer):
        pass
    assert layer.forward is replacement


def test_recording_changes_no_number():
    """Loss and gradients are the same to the last bit with and without a trace."""
    model, inputs, noise = CASES["captioner.soft-attention"](np.random.default_rng(0))
    results = []
    for traced in (False, True):
        model.zero_grad()
        with trace(*([model] if traced else [])):
            loss, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
            model.backward(1.0, cache)
        results.append((loss, [parameter.grad.copy() for parameter in model.parameters()]))
    assert results[0][0] == results[1][0]
    assert all(np.array_equal(a, b) for a, b in zip(results[0][1], results[1][1]))


def test_twins_parents_and_time_steps():
    """Every backward call finds its forward call, sits inside its parent's, and shares its time step."""
    _, recording = record()
    calls, steps = recording.calls, recording.time_steps()
    for call in calls:
        twin = calls[call.twin]
        assert twin.twin == call.index and twin.module is call.module and twin.phase != call.phase
        assert steps[call.index] == steps[twin.index]
        assert call.parent is None or calls[call.parent].index < call.index
    cells = [call for call in calls if call.path == "captioner.attend.cell"]
    assert [steps[call.index] for call in cells] == [0, 1, 2, 3, 3, 2, 1, 0]
    assert calls[cells[0].parent].path == "captioner.attend"
    assert {steps[call.index] for call in calls if call.path in ("captioner.tanh", "captioner.L_h")} == {None}


def test_steps_of_a_captioner_without_a_step_module():
    """The notebook's captioner calls its layers once a word by themselves: they share the cell's rounds."""
    _, recording = record("captioner.gru-notebook")
    steps = recording.time_steps()
    looks = [steps[call.index] for call in recording.calls if call.path == "captioner.softmax"]
    assert looks == [0, 1, 2, 3, 3, 2, 1, 0]


def test_values_are_those_of_the_moment():
    """Inputs, cache by field name, upstream and downstream gradients, and what each call added to its gradients."""
    model, recording = record()
    calls = recording.calls
    cell = [call for call in calls if call.path == "captioner.attend.cell" and call.phase == "backward"]
    forward = calls[cell[0].twin]
    assert [name for name, _ in forward.fields] == ["x", "h_prev", "c_prev", "gates", "tanh_c"]
    assert np.array_equal(dict(forward.fields)["x"], forward.inputs[0])
    total = sum(call.gradients["W_h"] for call in cell)
    assert np.allclose(total, model.captioner.attend.cell.W_h.grad, atol=1e-6)
    assert calls[0].path == "TeacherForcing" and calls[0].parent is None and np.ndim(calls[0].outputs) == 0


def test_what_is_changed_later_was_recorded_before():
    """An array that is overwritten after a call is kept as the call saw it."""
    layer, x = Tanh(), np.ones((2, 2), np.float32)
    with trace(layer) as recording:
        layer.forward(x)
    x[...] = 7
    assert recording.calls[0].inputs[0].max() == 1


def test_what_recording_costs():
    """Less than twenty times the plain step; outside the block nothing is left that could cost anything."""
    objective, inputs, batch, *_ = demo_step(captions=1, dtype="float32")
    objective = objective.reference()

    def step():
        started = time.perf_counter()
        _, cache = objective.forward(inputs, batch.ids, batch.lengths, rng=np.random.default_rng(0))
        objective.backward(1.0, cache)
        return time.perf_counter() - started

    plain = min(step() for _ in range(4))
    with trace(objective):
        traced = min(step() for _ in range(4))
    assert traced < 20 * plain
