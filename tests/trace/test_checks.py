"""The two checks: a planted error turns exactly its layer, and the layers around it, red.

That right layers stay green, in every captioner, test_every_captioner.py shows.
"""

import numpy as np
import pytest

from minisat.captioner import ShowAttendTell
from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.cases import CASES
from minisat.nn import (
    CrossEntropy,
    DoublyStochasticPenalty,
    Dropout,
    Embedding,
    Linear,
    LSTMCell,
    Module,
    Scale,
    Softmax,
)
from minisat.trace import check_global, check_local, demo_step, trace


def record(name="captioner.soft-attention", dloss=1.0):
    model, inputs, noise = CASES[name](np.random.default_rng(0))
    model.astype("float64")
    inputs = [x.astype("float64") if x.dtype.kind == "f" else x for x in inputs]
    with trace(model) as recording:
        _, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
        model.backward(dloss, cache)
    return recording


def red_paths(recording, verdicts):
    return {recording.calls[index].path for index, verdict in verdicts.items() if verdict.ok is False}


def with_parents(recording, path):
    found = set()
    for call in recording.calls:
        if call.path == path:
            while call is not None:
                found.add(call.path)
                call = None if call.parent is None else recording.calls[call.parent]
    return found


def _lstm_without_tanh(self, dstate, cache):
    (dh, dc), o = dstate, cache.gates[:, 3 * self.H:]
    return RIGHT["gates"](self, (dh, dc + dh * o * cache.tanh_c**2), cache)


def _overwrite(self, dy, cache):
    if self.W.shape != (6, 4):  # L_h alone has this shape
        return RIGHT["linear"](self, dy, cache)
    self.W.grad[...] = 0
    return RIGHT["linear"](self, dy, cache)


def _embedding_losing_repeated_ids(self, dy, cache):
    self.W.grad[cache.ids.reshape(-1)] += dy.reshape(-1, dy.shape[-1])


def _forget_the_score(self, upstream, cache):
    dword, dfeatures, dkeys, dstate = RIGHT["attend"](self, upstream, cache)
    return dword, dfeatures, dkeys, (dstate[0] * 0.9, *dstate[1:])


def _penalty_on_padding(self, dloss, cache):
    dsums = self.of_sums_backward(dloss, cache.sums)
    return np.repeat(dsums[:, None, :], cache.mask.shape[1], axis=1), None


def _in_place(self, dy, cache):
    dy *= cache.mask
    return dy


def _mean_of_the_wrong_count(self, dloss, cache):
    return RIGHT["loss"](self, dloss * 1.25, cache)


RIGHT = {"gates": LSTMCell.backward, "linear": Linear.backward, "attend": AttentionStep.backward,
         "loss": CrossEntropy.backward}

# what was planted: (class, method, replacement, the guilty layer)
PLANTED = {
    "the factor 1 - tanh² is missing": (LSTMCell, "backward", _lstm_without_tanh, "captioner.attend.cell"),
    "a term is missing": (Softmax, "backward", lambda self, dy, cache: dy * cache.y, "captioner.attend.softmax"),
    "a gradient is overwritten": (Linear, "backward", _overwrite, "captioner.L_h"),
    "repeated ids are lost": (Embedding, "backward", _embedding_losing_repeated_ids, "captioner.embedding"),
    "padding counts": (DoublyStochasticPenalty, "backward", _penalty_on_padding, "penalty"),
    "one of three uses is forgotten": (AttentionStep, "backward", _forget_the_score, "captioner.attend"),
    "a constant factor": (CrossEntropy, "backward", _mean_of_the_wrong_count, "cross_entropy"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_error_turns_its_layer_and_its_parents_red(planted, monkeypatch):
    """Locally red are the layer with the error and those around it: no other, though all below get wrong numbers."""
    where, method, replacement, guilty = PLANTED[planted]
    monkeypatch.setattr(where, method, replacement)
    recording = record()
    assert red_paths(recording, check_local(recording)) == with_parents(recording, guilty)


HIDDEN = {
    "padding counts": (DoublyStochasticPenalty, _penalty_on_padding),
    "multiplied by what forward divided by": (Scale, lambda self, dy, cache: dy * cache.scale),
    "the loss's own gradient is ignored": (CrossEntropy, lambda self, dloss, cache: RIGHT["loss"](self, 1.0, cache)),
}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("planted", HIDDEN)
def test_the_demo_step_exercises_what_can_be_wrong(planted, seed, monkeypatch):
    """Captions as long as each other, a scale of 1 and a dloss of 1 would hide these. Others beside them stay green."""
    guilty, wrong = HIDDEN[planted]
    monkeypatch.setattr(guilty, "backward", wrong)
    objective, inputs, batch, *_ = demo_step(seed=seed)
    objective = objective.reference()
    watched = [module for _, module in objective.named_modules() if type(module) in {cls for cls, _ in HIDDEN.values()}]
    with trace(*watched) as recording:
        _, cache = objective.forward(inputs, batch.ids, batch.lengths, rng=np.random.default_rng(0))
        objective.backward(1.0, cache)
    assert len(set(batch.lengths)) == 2 and len(watched) == 3
    assert red_paths(recording, check_local(recording)) == {guilty.__name__}


@pytest.mark.parametrize("dloss", [1e-7, 1e7])
def test_errors_are_relative_however_small_or_large_the_loss_is(dloss, monkeypatch):
    """A right step is green and a wrong one red, on every scale, for both checks."""
    right = record(dloss=dloss)
    assert not red_paths(right, check_local(right)) and not red_paths(right, check_global(right))
    monkeypatch.setattr(CrossEntropy, "backward", _mean_of_the_wrong_count)
    wrong = record(dloss=dloss)
    assert red_paths(wrong, check_local(wrong)) == with_parents(wrong, "cross_entropy")
    assert {"captioner", "captioner.L_o", "captioner.keys", "captioner.embedding"} <= red_paths(
        wrong, check_global(wrong))


def test_a_layer_that_changes_its_upstream_gradient_is_red_alone(monkeypatch):
    """Its numbers are right and so are those of the layers around it; that it writes where it only may read is told."""
    monkeypatch.setattr(Dropout, "backward", _in_place)
    recording = record()
    verdicts = check_local(recording)
    assert red_paths(recording, verdicts) == {"captioner.dropout"}
    assert "changes upstream" in next(verdict.text for verdict in verdicts.values() if verdict.ok is False)


def test_globally_all_below_are_red(monkeypatch):
    """The same error makes every layer red whose gradient came through it: that is why the local check leads."""
    monkeypatch.setattr(LSTMCell, "backward", _lstm_without_tanh)
    recording = record()
    locally, globally = check_local(recording), check_global(recording)
    assert {"captioner.keys", "captioner.embedding", "captioner.init_h"} <= red_paths(recording, globally)
    assert not {"captioner.L_o", "cross_entropy"} & red_paths(recording, globally)
    assert sum(v.ok is False for v in globally.values()) > 2 * sum(v.ok is False for v in locally.values())


def test_the_verdict_says_where(monkeypatch):
    """Its sentence names the worst tensor as the layer's author calls it, with both numbers."""
    monkeypatch.setattr(LSTMCell, "backward", _lstm_without_tanh)
    recording = record()
    verdicts = [verdict for index, verdict in check_local(recording).items()
                if recording.calls[index].module.__class__ is LSTMCell]
    assert all(not verdict.ok and "backward says" in verdict.text for verdict in verdicts)
    assert {"x", "state[0]", "W_x", "W_h", "b"} <= {name for name, _ in verdicts[0].tensors}


def test_a_backward_that_raises_is_red():
    """A backward pass that gives a wrong shape is told, not raised."""
    class Wrong(Module):
        def forward(self, x):
            return x.sum(axis=1), x.shape

        def backward(self, dy, cache):
            return dy
    layer = Wrong()
    with trace(layer) as recording:
        y, cache = layer.forward(np.ones((2, 3)))
        layer.backward(y, cache)
    (verdict,) = check_local(recording).values()
    assert verdict.ok is False and "shape" in verdict.text


def test_float32_recordings_pass():
    """A step in float32 is judged by its own rounding: green, locally and globally."""
    model = ShowAttendTell(9, 4, embedding_size=5, hidden_size=6, attention_size=3, rng=0).eval()
    features = np.random.default_rng(0).standard_normal((2, 4, 4)).astype("float32")
    ids = np.array([[2, 4, 5], [2, 6, 6]])
    with trace(model) as recording:
        (logits, alphas), cache = model.forward(features, ids)
        model.backward((np.ones_like(logits) / 7, None), cache)
    assert not red_paths(recording, check_local(recording) | check_global(recording))
    assert all(verdict.ok for verdict in check_global(recording).values())
