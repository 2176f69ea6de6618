"""What the gradient promised, tried: nudged losses agree with it, a step down the slope lowers the loss; the story."""

import json

import numpy as np
import pytest

from minisat.trace import demo_step, read_trace, record_step, write_trace
from minisat.trace.pushing import RATE, nudges, update


@pytest.fixture(scope="module")
def step():
    """(objective, document, arrays) of a small captioner's step, with nudges."""
    objective, inputs, batch, vocabulary, photos = demo_step()
    document, arrays = record_step(objective, inputs, batch, vocabulary, photos, checks=("nothing",))
    return objective.reference(), document, arrays


def test_a_nudge_moves_the_loss_as_the_gradient_says(step):
    """Of every parameter one entry: the slope between w − ε and w + ε is its gradient, to what ε² leaves."""
    objective, document, _ = step
    parameters = dict(objective.named_parameters())
    assert len(document["nudges"]) == len(parameters)
    for nudge in document["nudges"]:
        gradient = parameters[f"{nudge['path']}.{nudge['name']}"].grad[tuple(nudge["entry"])]
        slope = (nudge["more"] - nudge["less"]) / (2 * nudge["step"])
        assert abs(slope - gradient) < 1e-2 * abs(gradient) + 1e-6, nudge


def test_weights_are_as_before(step):
    """After nudges and the step down, bit for bit; and the loss that is told is that of the moved weights."""
    objective, _, _ = step
    before = {name: p.data.copy() for name, p in objective.named_parameters()}
    seen = []

    def loss():
        seen.append({name: p.data.copy() for name, p in objective.named_parameters()})
        return 0.0
    nudges(objective, loss)
    told = update(objective, loss, 1.0)
    assert all(np.array_equal(p.data, before[name]) for name, p in objective.named_parameters())
    last = seen[-1]
    assert all(np.allclose(last[name], before[name] - RATE * p.grad) for name, p in objective.named_parameters())
    assert all(sum((s[name] != before[name]).sum() for name in before) == 1 for s in seen[:-1])
    assert told["before"] == 1.0 and told["after"] == 0.0


def test_a_step_down_the_slope_lowers_the_loss(step):
    told = step[1]["update"]
    assert told["after"] < told["before"] and ".score" in told["path"]
    assert np.isclose(told["is"], told["was"] - told["rate"] * told["gradient"], rtol=1e-3)


def test_the_story_has_a_dozen_stops(step):
    """In the order of the step, each about values that its frame has."""
    _, document, arrays = step
    told = document["story"]
    assert 11 <= len(told) <= 14
    frames = document["frames"]
    assert [stop["frame"] for stop in told[:-1]] == sorted(stop["frame"] for stop in told[:-1])
    for stop in told:
        frame, twin = frames[stop["frame"]], frames[frames[stop["frame"]]["twin"]]
        names = {row[0] for f in (frame, twin) for field in ("inputs", "outputs", "upstream", "downstream", "cache",
                                                            "parameters") for row in f.get(field, ())}
        names |= {f"d{row[0]}" for f in (frame, twin) for row in f.get("parameters", ())}
        names |= {name for f in (frame, twin) for name, _ in f["names"]}
        assert names & set(stop["show"]), stop


def test_the_story_tells_the_numbers_that_were_recorded(step):
    """The probability of the word, the look at its peak, the loss before and after."""
    _, document, arrays = step
    told = " ".join(stop["text"] for stop in document["story"])
    caption = document["captions"][0]
    entropy = next(f for f in document["frames"] if f["class"] == "CrossEntropy" and f["phase"] == "forward")
    logits = arrays[f"t{dict(entropy['inputs'])['logits']}"][0]
    word = next(k for k, said in enumerate(caption["said"]) if f"before it says “{said}”" in told
                and f"{max(caption['alphas'][k]):.3g}" in told)
    p = np.exp(logits[word]) / np.exp(logits[word]).sum()
    assert f"{p[document['words'].index(caption['said'][word])]:.3g}" in told
    assert f"{document['update']['before']:.4f}" in told and f"{document['update']['after']:.4f}" in told


@pytest.mark.parametrize("model", ["hard-attention", "show-and-tell", "gru-notebook"])
def test_every_captioner_has_a_story(model, tmp_path):
    """As many stops as it has parts; the file with them is read again."""
    *step, vocabulary, photos = demo_step(model)
    document, _ = record_step(*step, vocabulary, photos, checks=())
    assert len(document["story"]) >= 8 and document["update"]["after"] < document["update"]["before"]
    write_trace(tmp_path / "a.json", document)
    assert read_trace(tmp_path / "a.json") == json.loads(json.dumps(document))


def test_only_helpers_that_ran_are_told():
    """A convolution that is not depthwise did not take the depthwise branch, and a twin's reference stands for it."""
    *step, vocabulary, photos = demo_step(captions=1)
    document, _ = record_step(*step, vocabulary, photos, checks=())
    frame = next(f for f in document["frames"] if f["class"] == "Conv2d" and f["phase"] == "forward")
    helpers = document["sources"][frame["source"]]["helpers"]
    ran = [next(line for line in helpers[i]["code"] if line.startswith("def ")) for i in frame["helpers"]]
    assert any(line.startswith("def correlate(") for line in ran) and len(ran) < len(helpers)
    assert not any("correlate_each" in line for line in ran)
