"""One word of attention, checked alone: its gradients, and that its own cases find what is wrong in it."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.cases import STEPS
from minisat.captioner.hard_attention_step import HardAttentionStep
from minisat.captioner.sentinel_step import SentinelStep
from minisat.gradcheck import check_case

RIGHT = AttentionStep.backward


@pytest.mark.parametrize("name", STEPS)
def test_gradients(name):
    check_case(name, STEPS[name]).assert_ok()


def _gate_forgotten(self, upstream, cache):
    """The state's gradient without what came through f_beta."""
    dword, dfeatures, dkeys, dstate = RIGHT(self, upstream, cache)
    _, dz_cell = self.concatenate.backward(self.cell.backward(upstream[0], cache.cell)[0], cache.concatenate)
    dbeta, _ = self.gate.backward(upstream[1] + dz_cell, cache.gate)
    dh = self.f_beta.backward(self.sigmoid.backward(dbeta, cache.sigmoid), cache.f_beta)
    return dword, dfeatures, dkeys, (dstate[0] - dh, *dstate[1:])


def _z_used_once(self, upstream, cache):
    dstate, dz, dlook = upstream
    return RIGHT(self, (dstate, 0.0 * dz, dlook), cache)


def _alpha_used_once(self, upstream, cache):
    dstate, dz, dlook = upstream
    return RIGHT(self, (dstate, dz, tuple(0.0 * entry for entry in dlook)), cache)


@pytest.mark.parametrize("name", ["attention_step", "hard_attention_step"])
@pytest.mark.parametrize("planted", [_gate_forgotten, _z_used_once, _alpha_used_once])
def test_a_planted_error_is_found_by_the_steps_own_case(planted, name, monkeypatch):
    monkeypatch.setattr(AttentionStep, "backward", planted)
    assert HardAttentionStep.backward is planted
    assert not check_case(name, STEPS[name]).ok


SENTINEL = SentinelStep.backward


def _memory_forgotten(self, upstream, cache):
    """The sentinel's way back into the memory is left out."""
    sentinel, right = self.sentinel, self.sentinel.backward
    sentinel.backward = lambda ds, cache: (*right(ds, cache)[:2], 0.0)
    try:
        return SENTINEL(self, upstream, cache)
    finally:
        del sentinel.backward


def _share_outside_the_softmax(self, upstream, cache):
    """As if the sentinel's share did not compete with the places: its score's gradient is lost."""
    join, right = self.join, self.join.backward
    join.backward = lambda dy, cache: (right(dy, cache)[0], 0.0 * right(dy, cache)[1])
    try:
        return SENTINEL(self, upstream, cache)
    finally:
        del join.backward


def _z_used_once_with_sentinel(self, upstream, cache):
    dstate, dz, dlook = upstream
    return SENTINEL(self, (dstate, 0.0 * dz, dlook), cache)


@pytest.mark.parametrize("planted", [_memory_forgotten, _share_outside_the_softmax, _z_used_once_with_sentinel])
def test_a_planted_error_in_the_sentinels_step_is_found(planted, monkeypatch):
    monkeypatch.setattr(SentinelStep, "backward", planted)
    assert not check_case("sentinel_step", STEPS["sentinel_step"]).ok


def _word_asked_forgotten(self, dasked, cache):
    dword, dh = self.query.backward(dasked, cache)
    return 0.0 * dword, dh


def test_a_planted_error_in_the_query_is_found(monkeypatch):
    monkeypatch.setattr(AttentionStep, "asked_backward", _word_asked_forgotten)
    assert not check_case("attention_step.word_in_query", STEPS["attention_step.word_in_query"]).ok


def _adaptive(torch, inputs, p, _):
    """Word in the query and sentinel, in PyTorch: LSTM gates in the order i, f, g, o."""
    word, features, keys, (h, c) = inputs
    asked = torch.cat([h, word], 1)
    s = torch.sigmoid(word @ p["sentinel.W_x"] + h @ p["sentinel.W_h"] + p["sentinel.b"]) * torch.tanh(c)
    every = torch.cat([keys, (s @ p["sentinel_key.W"])[:, None]], 1)
    e = torch.tanh(every + (asked @ p["score.W_h"] + p["score.b"])[:, None]) @ p["score.v"]
    weights = torch.softmax(e, 1)
    value = s @ p["sentinel_value.W"] + p["sentinel_value.b"]
    z = (weights[:, :, None] * torch.cat([features, value[:, None]], 1)).sum(1)
    gates = torch.cat([word, z], 1) @ p["cell.W_x"] + h @ p["cell.W_h"] + p["cell.b"]
    i, f, g, o = gates.chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), c), z, (weights[:, :-1],)


@pytest.mark.peer
def test_the_adaptive_step_equals_torch():
    step, inputs, _ = STEPS["sentinel_step.word_in_query"](np.random.default_rng(0))
    assert_equals_torch(step, _adaptive, *inputs)
