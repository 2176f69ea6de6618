"""`minisat gradcheck`: the table, the selection of cases, the exit codes."""

import json

import numpy as np
import pytest

from minisat.cli import gradcheck as verb
from minisat.cli.main import main
from minisat.gradcheck import check
from minisat.nn import Tanh
from minisat.nn.cases import CASES as NN_CASES
from minisat.nn.cases import normal


class SignFlipped(Tanh):
    def backward(self, dy, cache):
        return -super().backward(dy, cache)


@pytest.fixture
def broken(monkeypatch):
    """A registry with one wrong layer."""
    cases = {"linear": NN_CASES["linear"], "mutant": lambda rng: (SignFlipped(), (normal(rng, 2, 3),), {})}
    monkeypatch.setattr(verb, "EVERY_CASE", cases)


def along_a_line(name, case, rng):
    """What check_case does, along one random direction: entry by entry each room's tests check their own cases."""
    module, inputs, noise = case(np.random.default_rng(rng))
    report = check(module, *inputs, rng=rng, directions=1, noise=noise)
    report.name = name
    return report


def test_every_layer_and_every_captioner_is_right(capsys, monkeypatch):
    """The whole registry passes, dropout on, and names the captioners and the encoders."""
    monkeypatch.setattr(verb, "check_case", along_a_line)
    assert main(["gradcheck"]) == 0
    printed = capsys.readouterr().out
    assert "lstm_cell" in printed and "captioner.soft-attention" in printed and "encoder.squeezenet1_1" in printed
    assert f"{len(verb.EVERY_CASE)} of {len(verb.EVERY_CASE)} cases are right" in printed


def test_names_choose_cases_by_their_beginning(capsys):
    assert main(["gradcheck", "gru", "linear.no_bias", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] and [case["name"] for case in found["cases"]] == [
        "gru_cell.reset_before", "gru_cell.reset_after", "gru_cell.size_one", "linear.no_bias"]
    assert all(case["error"] < 1e-6 and case["tensors"] > 1 for case in found["cases"])


def test_unknown_name_is_told(capsys):
    assert main(["gradcheck", "clockwork"]) == 2
    assert "There is no gradient check 'clockwork'; there are" in capsys.readouterr().err


def test_wrong_gradient_gives_exit_code_1_and_its_place(broken, capsys):
    assert main(["gradcheck", "--tensors"]) == 1
    printed = capsys.readouterr().out
    assert "WRONG: mutant: x (2, 3) has relative error" in printed and "1 of 2 cases are right" in printed
    assert main(["gradcheck", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["cases"][1]["ok"] is False
