"""From the caption's loss through attention into the convolutions: an error planted anywhere on the way is found."""

import numpy as np
import pytest

from minisat.captioner.cases import CASES
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.gradcheck import check_case
from minisat.nn import BatchNorm2d
from minisat.vision import Encoder

ENCODER = "sight.encoder."
TUNED, LIVE = "captioner.photos-to-loss.tuned", "captioner.photos-to-loss.tuned.live-batchnorm"


def changed(method, change):
    """`method` whose result goes through `change`."""
    return lambda *args: change(method(*args))


def locations_turned(features):
    """(N, h·w, D) as if the columns came before the rows."""
    N, L, D = features.shape
    return features.reshape(N, int(L**0.5), -1, D).transpose(0, 2, 1, 3).reshape(N, L, D)


def backward_of_frozen(self, dy, cache):
    """BatchNorm that forgets gamma on the way down."""
    self.gamma.grad += (dy * cache.x_hat).sum(axis=(0, 2, 3))
    self.beta.grad += dy.sum(axis=(0, 2, 3))
    return dy * cache.inv_std[:, None, None]


@pytest.mark.parametrize("name, owner, backward, wrong", [
    (TUNED, FastTeacherForcing, changed(FastTeacherForcing.backward, lambda d: (d[0] * 1.001, *d[1:])), ENCODER),
    (LIVE, TeacherForcing, changed(TeacherForcing.backward, lambda d: (locations_turned(d[0]), *d[1:])), ENCODER),
    (TUNED, BatchNorm2d, backward_of_frozen, ENCODER + "conv3.W"),
    (LIVE, Encoder, lambda self, dfeatures, cache: None, ENCODER + "conv4.W")],
    ids=["features off by a thousandth", "locations turned", "gamma forgotten", "encoder left out"])
def test_a_planted_error_is_found_in_the_encoder(monkeypatch, name, owner, backward, wrong):
    monkeypatch.setattr(owner, "backward", backward)
    report = check_case(name, CASES[name])
    found = {tensor.name for tensor in report.tensors if not tensor.error < report.tolerance}
    assert not report.ok and any(tensor.startswith(wrong) for tensor in found)
    assert all(tensor.startswith(ENCODER) for tensor in found)  # what lies before the error is right


@pytest.mark.parametrize("name", [TUNED, LIVE])
def test_the_cases_hold_what_learns_and_nothing_frozen(name):
    objective, inputs, noise = CASES[name](np.random.default_rng(0))
    learning = {parameter.split(".")[0] for parameter, _ in objective.sight.encoder.named_parameters()}
    assert learning == {"conv3", "norm3", "conv4", "norm4"} and inputs == () and "inputs" in noise
    check_case(name, CASES[name]).assert_ok()
