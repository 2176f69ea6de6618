"""Every captioner of the package can be recorded, and in none of them is a frame red."""

import numpy as np
import pytest

from minisat.captioner.cases import CASES
from minisat.errors import UserError
from minisat.nn import MaxPool2d, Sequential
from minisat.trace import check_global, check_local, demo_step, describe, record_step, red_frames, trace
from minisat.word2vec.cases import CASES as WORDS


def record(name):
    model, inputs, noise = CASES[name](np.random.default_rng(0))
    model = model.reference().astype("float64")
    inputs = [x.astype("float64") if x.dtype.kind == "f" else x for x in inputs]
    with trace(model) as recording:
        _, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
        model.backward(1.0, cache)
    return recording


@pytest.mark.parametrize("name", CASES)
def test_no_frame_is_red(name):
    """All its backward calls were checked, locally and globally, and all are right; its words are its time steps."""
    recording = record(name)
    backward = [call.index for call in recording.calls if call.phase == "backward"]
    for verdicts in (check_local(recording), check_global(recording)):
        assert list(verdicts) == backward
        assert all(verdict.ok is True for verdict in verdicts.values())
    rounds = 5 if name.startswith("captioner.show-and-tell") else 4  # Show and Tell reads the photo first
    rounds = 0 if "transformer" in name else rounds                  # without a loop there are none
    assert max((t for t in recording.time_steps() if t is not None), default=-1) == rounds - 1


def test_a_fast_twin_is_refused():
    """It has no layer calls; one sentence says what to record instead."""
    objective, *_ = CASES["captioner.photos-to-loss"](np.random.default_rng(0))
    with pytest.raises(UserError, match=r"fast twin.*Through\.reference\(\)"), trace(objective):
        pass
    with trace(objective.reference()):
        pass


@pytest.mark.parametrize("model", ["soft-attention", "hard-attention", "show-and-tell", "gru-notebook",
                                   "transformer"])
def test_a_demo_step(model):
    """The small captioners of `minisat trace record` are recorded from the photos on, words and photos beside."""
    *step, vocabulary, photos = demo_step(model)
    document, _ = record_step(*step, vocabulary, photos, checks=())
    paths = {frame["path"] for frame in document["frames"]}
    assert {"sight.encoder.conv1", "objective.captioner", "objective.cross_entropy"} <= paths
    assert not red_frames(document)
    for caption in document["captions"]:
        assert caption["said"][-1] == "<end>" and caption["photo"].startswith("data:image/jpeg")
        assert caption["lead"] == (1 if model == "show-and-tell" else 0)
        assert len(caption["alphas"]) == (0 if model == "show-and-tell" else len(caption["said"]))


def test_equal_pixels_are_no_error():
    """Where inputs of a max-pool tie, numbers prove nothing: the check steps aside, and says so."""
    model = Sequential(MaxPool2d(2))
    with trace(model) as recording:
        y, cache = model.forward(np.ones((1, 1, 4, 4)))
        model.backward(np.array([[[[1.0, -2.0], [3.0, -1.0]]]]), cache)
    assert all(verdict.ok and "a little beside" in verdict.text for verdict in check_local(recording).values())
    assert not any(verdict.ok is False for verdict in check_global(recording).values())


def test_small_gradients_are_no_error():
    """What rounding makes of a gradient that is nearly zero, as that of the mean of a normed grid, is not red."""
    document, _ = record_step(*demo_step("show-and-tell"))
    assert not red_frames(document) and not red_frames(document, "global")


def test_other_models_than_captioners():
    """What is traced need not be a captioner: CBOW, three modules, six calls, without time steps."""
    model, inputs, noise = WORDS["word2vec.cbow.negative_sampling"](np.random.default_rng(0))
    with trace(model) as recording:
        loss, cache = model.forward(*inputs, **noise)
        model.backward(1.0, cache)
    document, _ = describe(recording)
    assert len(document["frames"]) == 6 and not red_frames(document) and document["frames"][0]["t"] is None
