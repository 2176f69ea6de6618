"""Why a number is what it is: every rule makes the numbers that were recorded, and a wrong one does not."""

from typing import NamedTuple

import numpy as np
import pytest
from explained import noticed, recorded, unexplained, wrong

from minisat.captioner import ShowAttendTell
from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.cases import CASES as CAPTIONERS
from minisat.captioner.cases import EVERY_CASE, STEPS
from minisat.nn import AdditiveScore, Embedding, Linear, LSTMCell, Module, Sigmoid, Softmax
from minisat.nn.cases import CASES as LAYERS
from minisat.trace import describe, trace
from minisat.trace.why import RULES, Place, Recorded, Rules, explain, follow, sentence
from minisat.word2vec.cases import CASES as WORDS

WHOLE = ("captioner.soft-attention", "captioner.adaptive-attention", "captioner.soft-attention.smoothed",
         "captioner.hard-attention", "captioner.hard-attention.samples", "captioner.gru-notebook",
         "captioner.show-and-tell", "captioner.show-and-tell.every-step", "captioner.transformer",
         "captioner.transformer.one-block", "captioner.photos-to-loss",
         "captioner.sparsemax", "captioner.tied", "captioner.dot-gru", "captioner.general-rnn",
         "encoder.toy_cnn", "encoder.toy_cnn_v2")
PROVED = (*LAYERS, *WORDS, *STEPS, *WHOLE)


@pytest.mark.parametrize("name", PROVED)
def test_the_terms_of_every_entry_sum_to_the_recorded_number(name):
    """To 1e-9, of outputs, cache, gradients and what is handed on inside; and nothing of these is without a rule."""
    found = recorded(name)
    assert not wrong(found)
    assert not unexplained(found)


TUNED = ("captioner.photos-to-loss.tuned", "captioner.photos-to-loss.tuned.live-batchnorm")


@pytest.mark.parametrize("name", TUNED)
def test_behind_frozen_stages_all_is_explained(name):
    """Frozen normalisations run without a call: the inputs of what follows them, and these alone, have no rule."""
    found = recorded(name)
    assert not wrong(found)
    gaps = {(path.split(".")[-1], phase, name) for path, phase, name in unexplained(found)}
    assert gaps <= {("relu", "forward", "x, which it was given")}


def test_every_case_of_the_captioners_is_proved():
    """A new one must be added above, or be a fast twin, or another mix of the same parts."""
    mixes = {f"captioner.{score}-{cell}" for score in ("additive", "dot", "general", "concat")
             for cell in ("lstm", "gru", "rnn")} | {"captioner.show-and-tell.gru"}
    fast = {name for name in CAPTIONERS if name.endswith(".fast")}
    assert set(CAPTIONERS) == fast | mixes | set(TUNED) | set(PROVED) & set(CAPTIONERS)


# (class, a rule's right text, what was planted in its place, a case that has the layer)
PLANTED = {
    "the transpose": (Linear, "Σ_m dy[…,m]·W[d,m]", "Σ_m dy[…,m]·W[m,d]", "linear.one_to_one"),
    "another row": (Linear, "Σ_{…} x[…,d]·dy[…,m]", "Σ_{…} x[…,0]·dy[…,m]", "linear"),
    "no bias": (Linear, " + b[m]", "", "linear"),
    "a term of the softmax": (Softmax, "·(dy[…,i] − mean[…])", "·dy[…,i]", "softmax"),
    "a square": (AdditiveScore, "(1 − hidden[n,l,a]²)", "(1 − hidden[n,l,a])", "additive_score"),
    "a sign": (LSTMCell, "i[n,j]·(1 − i[n,j])", "i[n,j]·(1 + i[n,j])", "lstm_cell"),
    "a gate's block": (LSTMCell, "da[n,H+j<H] := df", "da[n,H+j<H] := di", "lstm_cell"),
    "repeated ids": (Embedding, "Σ_{…} [ids[…] = v]·", "0·Σ_{…} [ids[…] = v]·", "embedding.repeated_ids"),
    "a use of h": (AttentionStep, " + f_beta.dx[n,j]", "", "attention_step"),
    "the step before": (ShowAttendTell, "attend[t+1].dh_prev", "attend[t].dh_prev", "captioner.soft-attention"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_mistake_is_caught(what, monkeypatch):
    """In the layer's own line, and in no other layer's."""
    kind, right, planted, case = PLANTED[what]
    made = RULES[kind]

    def mistaken(layer, call, inside):
        rules = made if isinstance(made, Rules) else made(layer, call, inside)
        assert right in rules.forward + rules.backward
        return rules._replace(forward=rules.forward.replace(right, planted),
                              backward=rules.backward.replace(right, planted))
    monkeypatch.setitem(RULES, kind, mistaken)
    if what == "the transpose":  # a square matrix, which no size tells from its transpose
        monkeypatch.setitem(EVERY_CASE, case, lambda rng: (Linear(3, 3, rng=rng), (rng.standard_normal((2, 3)),), {}))
    found = recorded(case)
    guilty = {frame["path"] for frame in found.frames if frame["class"] == kind.__name__}
    assert {path for path, *_ in wrong(found)} == guilty


def test_no_addend_and_no_factor_can_be_left_out_unnoticed():
    """Of any layer's rules: leaving one out changes some entry of some case, so that the proof above would fail."""
    most = {}
    for name in (*LAYERS, *WORDS, *STEPS):
        for part, change in noticed(recorded(name)).items():
            most[part] = max(most.get(part, 0.0), change)
    assert len(most) > 300
    one_wide = "(s + # + # − #)//# − s//#"
    assert {part for part, change in most.items() if not change > 1e-6} == {
        ("AdaptiveAvgPool2d", "forward", one_wide), ("AdaptiveAvgPool2d", "backward", one_wide),  # times 1
        ("CrossEntropy", "forward", "[weight[k] ≠ #]")}  # spares 0 · log p where p might be 0


def small():
    """x W of two rows, backward from dy; every number has few digits."""
    layer = Linear(2, 2, bias=False).astype("float64")
    layer.W.data[...] = [[0.5, -1.0], [2.0, 0.25]]
    with trace(layer) as recording:
        _, cache = layer.forward(np.array([[0.12, 1.0], [0.4, -2.0]]))
        layer.backward(np.array([[-0.03, 1.0], [0.11, 2.0]]), cache)
    return Recorded(*describe(recording, checks=()))


def test_the_line_that_a_learner_reads():
    """The formula with its places, the terms in numbers, largest first, and the sum."""
    found = small()
    explanation = explain(found, Place(1, "dW", (0, 0)))
    assert sentence(explanation) == "dW[0,0] = Σ_n x[n,0]·dy[n,0] = 0.4·0.11 − 0.12·0.03 = 0.0404".replace(
        "− 0.12·0.03", "+ 0.12·(−0.03)")
    assert [entry for entry, _ in explanation.terms[0].entries] == [Place(1, "x", (1, 0)), Place(1, "dy", (1, 0))]
    few = explain(found, Place(1, "dW", (0, 0)), most=1)
    assert sentence(few) == "dW[0,0] = Σ_n x[n,0]·dy[n,0] = 0.4·0.11 − 0.0036 of 1 more = 0.0404"
    assert explain(found, Place(1, "W", (0, 0))) is None  # a weight is made by nothing in the step


def test_a_call_that_gave_something_else_is_told(monkeypatch):
    """Where a layer's backward is wrong, its rule says what it should have been."""
    right = Linear.backward
    monkeypatch.setattr(Linear, "backward", lambda self, dy, cache: 2 * right(self, dy, cache))
    assert sentence(explain(small(), Place(1, "dx", (0, 0)))).endswith("= −1.015, but the call gave −2.03")


def test_a_number_that_is_not_finite_is_no_contradiction():
    """NaN in, NaN out: the line shows where it came in, and does not say that the call gave something else."""
    layer = Linear(2, 1, rng=0)
    layer.W.data[0, 0] = np.nan
    with trace(layer) as recording:
        layer.forward(np.ones((1, 2), np.float32))
    said = sentence(explain(Recorded(*describe(recording, checks=())), Place(0, "y", (0, 0))))
    assert said.startswith("y[0,0] = Σ_d x[0,d]·W[d,0] + b[0] = ") and "1·nan" in said and said.endswith(" = nan")


def walked(found, start, goal):
    """The first Place that nothing made and that is `goal`: depth first, by the largest terms, each to its call."""
    todo, seen = [start], set()
    while todo and len(seen) < 300:
        place = follow(found, todo.pop())
        explanation = None if place in seen else explain(found, place, most=3)
        if explanation is not None:
            assert explanation.recorded is None or np.isclose(explanation.value, explanation.recorded, atol=1e-9)
            todo += [entry for term in explanation.terms[::-1] for entry, _ in term.entries[::-1]]
        elif goal(found.frames[place.frame], place):
            return place
        seen.add(place)
    raise AssertionError(f"{start} leads nowhere of that kind")


def test_back_to_a_pixel_and_to_a_word():
    """From a score at the third word to the photo's numbers; from what the logits are made of to a word's row."""
    found = recorded("captioner.photos-to-loss")
    score = [frame["index"] for frame in found.frames if frame["path"].endswith("attend.score")][2]
    pixel = walked(found, Place(score, "scores", (0, 1)), lambda frame, place: place.name == "inputs")
    assert pixel.frame == 0 and len(pixel.index) == 4
    add = next(frame["index"] for frame in found.frames if frame["path"].endswith("add"))
    word = follow(found, Place(add, "a", (0, 2, 1)))
    assert (found.frames[word.frame]["class"], word.name, word.index) == ("Embedding", "W", (6, 1))  # its third word


def test_a_layer_without_rules_is_left_unexplained():
    """Somebody's own layer: its frame says so, and the layers inside are explained all the same."""
    class Own(Module):
        def __init__(self):
            self.inner = Linear(2, 2, rng=0)

        def forward(self, x):
            return self.inner.forward(x)

        def backward(self, dy, cache):
            return self.inner.backward(dy, cache)
    layer = Own()
    with trace(layer) as recording:
        layer.forward(np.ones((1, 2)))
    document, arrays = describe(recording, checks=())
    assert [frame["rules"] for frame in document["frames"]] == [None, 0]
    assert explain(Recorded(document, arrays), Place(0, "y", (0, 0))) is None
    assert explain(Recorded(document, arrays), Place(1, "y", (0, 0))).terms


class SquaredCache(NamedTuple):
    x: np.ndarray


class Squared(Module):
    """y = x², a layer that somebody wrote."""

    def forward(self, x):
        return x * x, SquaredCache(x)

    def backward(self, dy, cache):
        return 2 * dy * cache.x


def test_a_rule_of_ones_own(monkeypatch):
    """It is written as those of the house are; the cache's fields go by their names."""
    monkeypatch.setitem(RULES, Squared, Rules("x → y", "y[…] = x[…]²", "dx[…] = 2·dy[…]·x[…]"))
    layer = Squared()
    with trace(layer) as recording:
        _, cache = layer.forward(np.array([1.5, -2.0]))
        layer.backward(np.array([0.5, 0.25]), cache)
    found = Recorded(*describe(recording, checks=()))
    assert sentence(explain(found, Place(0, "y", (1,)))) == "y[1] = x[1]² = (−2)² = 4"
    assert sentence(explain(found, Place(1, "dx", (1,)))) == "dx[1] = 2·dy[1]·x[1] = 2·0.25·(−2) = −1"
    assert not unexplained(found)


def test_a_class_with_another_forward_pass_is_not_taken_for_its_base():
    """What Linear's rule says is not true of it."""
    class Twice(Linear):
        def forward(self, x):
            y, cache = super().forward(x)
            return 2 * y, cache
    layer = Twice(2, 2, rng=0)
    with trace(layer) as recording:
        layer.forward(np.ones((1, 2)))
    assert describe(recording, checks=())[0]["frames"][0]["rules"] is None


def test_a_rule_that_fails_leaves_the_recording_whole(monkeypatch):
    """Its call is unexplained, the others are not."""
    monkeypatch.setitem(RULES, Sigmoid, lambda layer, call, inside: 1 / 0)
    found = recorded("attention_step")
    assert {frame["class"] for frame in found.frames if frame["rules"] is None} == {"Sigmoid"}
