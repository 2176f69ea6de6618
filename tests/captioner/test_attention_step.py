"""One word of attention, checked alone: its gradients, and that its own cases find what is wrong in it."""

import pytest

from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.cases import STEPS
from minisat.captioner.hard_attention_step import HardAttentionStep
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
