"""The stepper's page, driven by keys and pointer in a browser: complete in itself, one call on one screen, quick."""

import base64
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from driven import Chromium, needs_chromium

from minisat.captioner.cases import CASES
from minisat.nn import Linear, Sequential
from minisat.plots.stepper import step_page, stepper
from minisat.teaching import learnt_step
from minisat.teaching.stepping import opened
from minisat.trace import demo_step, describe, read_trace, record_step, trace, write_trace
from minisat.trace.tensors import describe_array, inflated
from minisat.vision import CellGrid, build

MODELS = ("soft-attention", "hard-attention", "show-and-tell", "gru-notebook", "transformer")
DESK, WIDE, PHONE = (1280, 800), (1920, 1080), (380, 780)
READY = "document.body.dataset.ready === 'yes'"
HELPERS = Path(__file__).with_name("in_the_page.js").read_text(encoding="utf-8")


def recorded(weights=None):
    """The document of a step of a tiny captioner; `weights` for one of its layers."""
    model, inputs, noise = CASES["captioner.soft-attention"](np.random.default_rng(0))
    if weights is not None:
        model.captioner.L_h.W.data[...] = weights
    with np.errstate(all="ignore"), trace(model) as recording:
        _, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
        model.backward(1.0, cache)
    return describe(recording, checks=())[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def tiny(folder):
    """The page of a tiny captioner, with a planted verdict that tries to break out of it."""
    document = recorded()
    document["frames"][-1]["local"] = {"ok": False, "error": 1.0, "tolerance": 1e-6, "text": "Planted </script> & <b>: "
                                       "worst at direction 2.", "tensors": []}
    stepper(document, folder / "tiny.html", "A step <of> mine")
    return folder / "tiny.html"


@pytest.fixture(scope="module")
def demos(folder):
    """{model: page} of the demo captioners: from photos to the loss."""
    pages = {}
    for model in MODELS:
        *step, vocabulary, photos = demo_step(model)
        pages[model] = folder / f"{model}.html"
        stepper(record_step(*step, vocabulary, photos, checks=())[0], pages[model], f"A step of {model}")
    return pages


@pytest.fixture(scope="module")
def browser():
    found = Chromium()
    yield found
    found.close()


@pytest.fixture
def at(browser):
    """at(page, size, dark, hash): the page, opened; no program of it may have complained in the end."""
    def opened(page, size=DESK, dark=False, place=""):
        browser.size(*size, dark)
        browser.open(f"file://{page}{place}", READY)
        browser.run(HELPERS)
        return browser
    browser.complaints.clear()
    yield opened
    assert not browser.complaints


def test_it_needs_nothing_else(tiny, demos):
    """No address, no other file; texts are escaped; under 6 MB."""
    text = tiny.read_text(encoding="utf-8")
    assert "A step &lt;of&gt; mine" in text and "Planted </script>" not in text
    without = re.sub(r'<script type="application/json".*?</script>', "", text)
    assert not re.findall(r"https?://|<link|src=\"(?!\$)", without)
    assert len(text) < 2_000_000 and all(page.stat().st_size < 6_000_000 for page in demos.values())


@needs_chromium
def test_keys(at, tiny):
    """On and back, twin, time, the culprit, the list and its filter, the address, the help."""
    page = at(tiny)
    here = lambda: page.run("here")  # noqa: E731
    page.press("ArrowRight")
    assert here() == 1 and page.run("location.hash") == "#frame=1"
    page.press("ArrowLeft")
    assert here() == 0
    page.press("t")
    assert here() == page.run("frames[0].twin")
    page.run("goTo(f => f.t === 0 && f.class === 'LSTMCell')")
    before = here()
    page.press("]")
    assert here() != before and page.run("frames[here].t") == 1
    page.press("[", "b")
    assert page.run("guilty(frames[here])") and "direction 2" not in page.run("text('told')")
    assert "random nudge 3" in page.run("text('told')")
    page.press("l", "/")
    page.press(*"backward")
    assert page.run("shown.length > 0 && shown.every(i => frames[i].phase === 'backward')")
    page.press("Escape", "Escape", "?")
    assert page.run("document.getElementById('help').open")
    page.press("Escape", "Home")
    assert here() == page.run("shown[0]")
    page.run("location.hash = '#frame=34'")
    page.until("here === 34")


@needs_chromium
def test_a_link_opens_there(at, tiny):
    assert at(tiny, place="#frame=34").run("here") == 34


@needs_chromium
def test_both_passes_of_a_call_on_one_screen(at, demos):
    """Left what came in and out, right their gradients, between them what was kept, with the formula lines."""
    page = at(demos["soft-attention"])
    page.run("goTo(f => f.path.endsWith('init_h'))")
    assert page.run("namesOnScreen()") == [
        ["input:x", "weight:W", "weight:b", "output:y"], [],
        ["dinput:dx", "dweight:dW", "dweight:db", "doutput:dy"]]
    assert "x = the input x" in page.run("document.querySelector('.column.middle .kept').textContent")
    assert "dW = xᵀ dy" in page.run("document.querySelector('.formulas pre.backward').textContent").replace("  ", " ")


@needs_chromium
def test_a_small_matrix_keeps_its_shape(at, folder):
    """W (3, 2) is three rows of two numbers, those that were recorded."""
    model = Sequential(Linear(3, 2, rng=0))
    with trace(model) as recording:
        y, cache = model.forward(np.arange(6.0).reshape(2, 3))
        model.backward(np.ones_like(y), cache)
    stepper(describe(recording, checks=())[0], folder / "matrix.html", "A matrix")
    page = at(folder / "matrix.html", place="#frame=1")
    rows = page.run("rowsOf('weight:W')")
    assert [len(row) for row in rows] == [2, 2, 2]
    wanted = model.layers[0].W.data
    assert np.allclose([[float(x.replace("−", "-")) for x in row] for row in rows], wanted, atol=0.006)


@needs_chromium
@pytest.mark.parametrize("size", [DESK, WIDE, PHONE], ids=str)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_fits_at_every_size(at, demos, size, dark):
    """Nothing is wider than the window; the strip stands in it; on a phone the numbers come first, in one column."""
    page = at(demos["soft-attention"], size, dark)
    for name in ("conv1", "captioner", "cell", "cross_entropy"):
        page.run(f"goTo(f => f.path.endsWith('{name}'))")
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
        assert page.run("document.querySelector('#strip svg').getBoundingClientRect().top < innerHeight / 3")
    if size == PHONE:
        top, code = (f"document.querySelector('{what}').getBoundingClientRect().top" for what in (".tensor", "pre"))
        assert page.run(f"{top} < {code}")
        assert page.run("new Set([...document.querySelectorAll('.column')].map(c => c.offsetLeft)).size") == 1


@needs_chromium
def test_results_are_in_sight(at, demos):
    """At 1280 × 800 y and dx of each kind of call stand wholly in the window."""
    page = at(demos["soft-attention"])
    which = page.run("[...new Map(frames.map(f => [f.path + f.phase, f.index])).values()]")
    assert page.run(f"hidden({json.dumps(which)})") == []


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_results_are_in_sight_in_every_frame(at, demos, model):
    assert at(demos[model]).run("hidden()") == []


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_results_of_one_that_has_learnt_are_in_sight(at, folder, model, monkeypatch):
    """The captioner of a first visit, whose sizes are others."""
    monkeypatch.setattr(learnt_step, "EPOCHS", 1)
    step, options = learnt_step.learnt_step(model)
    stepper(record_step(*step, checks=(), **options)[0], folder / f"learnt-{model}.html", "A step")
    assert at(folder / f"learnt-{model}.html").run("hidden()") == []


@needs_chromium
def test_the_strip(at, demos):
    """It has a stop for the encoder, each word and the loss; the one where one is is lit; a click leads there."""
    page = at(demos["soft-attention"])
    assert page.run("stops.map(s => s.name)") == ["encoder", "start", *(f"t{t}" for t in range(1, 9)), "loss"]
    page.run("goTo(f => f.class === 'LSTMCell' && f.t === 2)")
    assert page.run("document.querySelector('.stop.on text').textContent.slice(0, 2)") == "t3"
    page.point_at(".stop[data-stop='6']", click=True)
    assert page.run("[frames[here].t, frames[here].class]") == [4, "LSTMCell"]


@needs_chromium
def test_where_the_gradient_fades_is_said(at, folder):
    """Weights that shrink it a hundredfold a step: a badge; those of the demo: none."""
    document = recorded()
    for frame in document["frames"]:  # planted: each step leaves a fiftieth of the state's gradient
        if frame["phase"] == "backward" and frame["t"] is not None:
            for name, number in frame["downstream"]:
                if name.startswith(("dstate", "dh", "dc")):
                    row = dict(document["tensors"][number], norm=50.0 ** (frame["t"] - 3))
                    document["tensors"].append(row)
                    frame["downstream"] = [[n, len(document["tensors"]) - 1] if n == name else [n, k]
                                           for n, k in frame["downstream"]]
    stepper(document, folder / "fades.html", "It fades")
    page = at(folder / "fades.html")
    assert page.run("stops.filter(s => s.badge === 'vanishes').map(s => s.name)") == ["t1", "t2"]
    assert "vanishes" in page.run("document.querySelector('#strip').textContent")


@needs_chromium
def test_a_look_is_on_the_photo(at, demos):
    """The peak of what is drawn lies where the grid says that the cell with the most attention lies."""
    page = at(demos["soft-attention"])
    page.run("goTo(f => f.class === 'Softmax' && f.t === 3)")
    drawn, wanted = page.run("peakOfLook(3, 5)")
    assert np.allclose(drawn, wanted, atol=0.02)


@needs_chromium
def test_the_story_comes_first(at, demos):
    """Opened without an address it begins with the story; → leads to its end; a stop is lit, what it is not about steps
    back; s shows every call from there.
    """
    page = at(demos["soft-attention"])
    stops = page.run("trace.story")
    assert page.run("level") == "story" and stops[0]["title"] in page.run("text('told')")
    for stop in stops[1:]:
        page.press("ArrowRight")
        assert page.run("here") == stop["frame"] and stop["text"] in page.run("text('told')")
        assert page.run("[...views.values()].filter(v => !v.element.classList.contains('dim')).length") > 0
        assert page.run("hidden([])") == []
    assert page.run("location.hash") == f"#story={len(stops)}"
    page.press("s")
    assert page.run("level") == "layers" and page.run("here") == stops[-1]["frame"]
    page.press("s", "Home")
    assert page.run("stop") == 0


@needs_chromium
def test_why_this_number(at, demos):
    """The entries of the score's dW_h[3, 5]: column 3 of h for every caption; by keys, and back again."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.class === 'AdditiveScore' && f.phase === 'backward')")
    page.run("ask('dweight:dW_h', 3 * views.get('dweight:dW_h').tensor.shape[1] + 5)")
    said = page.run("text('why')")
    assert said.startswith("dW_h[3,5] = Σ_n h[n,3]·dquery[n,5] = ")
    recorded = page.run("views.get('dweight:dW_h').numbers[3 * views.get('dweight:dW_h').tensor.shape[1] + 5]")
    told = page.run("document.querySelector('#why .line > b:last-child').textContent")
    assert np.isclose(float(told.replace("−", "-")), recorded, rtol=2e-3)
    lit = page.run("[...document.querySelectorAll('[data-view=\"input:h\"] .lit')].map(e => +e.dataset.i % 16)")
    assert lit and set(lit) == {3}
    page.press("ArrowRight")
    assert page.run("text('why')").startswith("dW_h[3,6]")
    page.press("Tab")
    assert not page.run("asked.key").startswith("dweight:dW_h")
    page.run("ask('dweight:dW_h', 5)")
    before = page.run("here")
    page.press("Enter")
    assert page.run("here") != before or page.run("asked.key") != "dweight:dW_h"
    page.press("Backspace")
    assert page.run("[here, asked.key, asked.flat]") == [before, "dweight:dW_h", 5]
    page.press("Escape")
    assert page.run("asked") is None


@needs_chromium
def test_every_kind_of_call_is_explained(at, demos):
    """Of each class, both passes: the largest entry of what it gives has a sum, the recorded number to 1e-5."""
    page = at(demos["soft-attention"], place="#frame=0")
    which = page.run("[...new Map(frames.map(f => [f.class + f.phase, f.index])).values()]")
    count, wrong = page.run(f"unexplained({json.dumps(which)})")
    assert count > 2 * len(which) > 40 and wrong == []


class Mean(Linear):
    """Somebody's backward pass of y = x W + b: the bias gets the mean of its rows, and not their sum."""

    def backward(self, dy, cache):
        (x,) = cache
        self.W.grad += x.T @ dy
        self.b.grad += dy.mean(axis=0)
        return dy @ self.W.data.T


@needs_chromium
@pytest.mark.parametrize("size", [DESK, PHONE], ids=str)
def test_what_is_missing_in_a_wrong_backward_pass(at, folder, size):
    """The page begins there and says it; the wrong entries alone are red, and what they should be stands beside."""
    rng = np.random.default_rng(0)
    page = step_page(Sequential(Mean(3, 2, rng=0), Linear(2, 2, rng=1)).astype("float64"), rng.standard_normal((4, 3)))
    opened(page, ()).save(folder / "mean.html")
    page = at(folder / "mean.html", size)
    assert page.run("frames[here].class") == "Mean"
    said = page.run("text('told')")
    assert "db: everywhere it is 1/4 times what it should be: one factor is missing, or one is too many." in said
    assert "derived in the lesson nudge" in said
    wrong = page.run("[...document.querySelectorAll('.wrong')].map(e => [e.closest('.tensor').dataset.view,"
                     " +e.dataset.i])")
    assert wrong == [["dweight:db", 0], ["dweight:db", 1]]
    assert np.allclose(np.array(page.run("[...views.get('should:db').numbers]")),
                       4 * np.array(page.run("[...views.get('dweight:db').numbers]")), rtol=1e-4)
    page.run("ask('dweight:db', 1)")
    told = page.run("text('why')")
    assert "Σ_n dy[n,1]" in told and "but the call gave" in told and "a nudge says it should be" in told


@needs_chromium
def test_why_the_look_is_where_it_is(at, demos):
    """At t = 2: the share at its peak is made of the scores, and Enter leads to the score of that very place."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.class === 'Softmax' && f.t === 1)")
    page.press("w")
    n, place = page.run("placeOf(views.get('output:y').tensor.shape, asked.flat)")
    assert place == page.run(f"(a => a.indexOf(Math.max(...a)))(captions[{n}].alphas[1])")
    assert page.run("document.querySelectorAll('.shines[data-view=\"input:x\"]').length") == 1
    page.press("Enter")
    while page.run("frames[here].class") == "Softmax":
        before = page.run("[asked.key, asked.flat]")
        page.press("Enter")
        assert page.run("[asked.key, asked.flat]") != before
    assert page.run("frames[here].class") == "AdditiveScore" and page.run("text('why')").startswith("scores[")
    assert page.run("placeOf(views.get(asked.key).tensor.shape, asked.flat)") == [n, place]


@needs_chromium
def test_following_the_terms_leads_to_the_loss_or_a_word(at, demos):
    """From a gradient, Enter after Enter goes on through other calls and ends where nothing made the number."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.class === 'Softmax' && f.phase === 'backward' && f.t === 2)")
    page.press("w")
    places = []
    for _ in range(40):
        place = page.run("[here, asked.key, asked.flat]")
        if places and place == places[-1]:
            break
        places.append(place)
        page.press("Enter")
    assert len({frame for frame, *_ in places}) >= 4
    page.press(*["Backspace"] * (len(places) - 1))
    assert page.run("[here, asked.key, asked.flat]") == places[0]


@needs_chromium
def test_pointing_lights_what_made_a_number(at, demos):
    """A pointer over an entry of a map tells its sum; it goes when the pointer does; a click stays."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.class === 'LSTMCell' && f.phase === 'backward')")
    page.point_at("[data-view='dinput:dx'] canvas")
    assert "= Σ_k da[" in page.run("text('why')") and page.run("document.querySelectorAll('.shines').length") >= 1
    page.point(640, 770)
    assert "Point at a number" in page.run("text('why')")
    page.point_at("[data-view='dinput:dx'] canvas", click=True)
    page.point(640, 770)
    assert page.run("text('why')").startswith("dx[")


@needs_chromium
def test_predict_then_reveal(at, demos):
    """What comes is hidden until it is answered; right and wrong are told and counted; Esc ends it."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.path.endsWith('init_h'))")
    page.press("p")
    assert page.run("document.querySelectorAll('.veiled').length") == 1
    assert page.run("quiz.question.which") == "shape" and "What shape" in page.run("text('why')")
    page.press(*"2, 16", "Enter")
    assert "Right: (2, 16). 1 of 1 right" in page.run("text('why')")
    assert page.run("document.querySelectorAll('.veiled').length") == 0
    page.press("ArrowRight")
    assert page.run("quiz.question.which") == "sign"
    sign = page.run("views.get(quiz.question.key).numbers[quiz.question.flat]")
    page.press("-" if sign > 0 else "+", "Enter")
    assert "Not so" in page.run("text('why')") and "1 of 2 right" in page.run("text('why')")
    page.press("Enter")
    assert page.run("quiz.question.which") == "largest"
    place = page.run("(v => placeOf(v.tensor.shape, drawn(v).reduce((a, b) => v.numbers[b] > v.numbers[a] ? b : a)))"
                     "(views.get(quiz.question.key))")
    page.press(*",".join(map(str, place)), "Enter")
    assert "2 of 3 right" in page.run("text('why')")
    page.press("Enter")
    x = page.run("views.get(quiz.question.key).numbers[quiz.question.flat]")
    page.press(*f"{x:.3g}", "Enter")
    assert "3 of 4 right" in page.run("text('why')")
    page.press("Escape")
    assert page.run("quiz") is None


@needs_chromium
def test_sliders_that_are_not_moved_change_nothing(at, demos):
    """What the page computes for the recorded temperature, penalty, score and gate is what was recorded."""
    page = at(demos["soft-attention"], place="#frame=0")
    for kind in ("Softmax", "LSTMCell", "DoublyStochasticPenalty"):
        page.run(f"goTo(f => f.class === '{kind}' && (f.t ?? 2) === 2)")
        worst = page.run("offBy(recomputed(frames[here]))")
        assert len(worst) >= 2 and max(worst.values()) < 1e-5, worst


@needs_chromium
def test_a_look_at_half_the_temperature(at, demos):
    """α, the context and the scores' gradient follow the slider, as NumPy has them; "as it was" takes it back."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.class === 'Softmax' && f.t === 1)")
    x, dy = (np.array(page.run(f"Array.from(views.get('{key}').numbers)")).reshape(2, -1)
             for key in ("input:x", "doutput:dy"))
    page.run("setSlider('temperature', -1)")
    y = np.exp(2 * x) / np.exp(2 * x).sum(axis=1, keepdims=True)
    dx = y * (dy - (dy * y).sum(axis=1, keepdims=True)) / 0.5
    for key, wanted in (("output:y", y), ("dinput:dx", dx)):
        assert np.allclose(np.reshape(page.run(f"Array.from(views.get('{key}').numbers)"), wanted.shape), wanted,
                           atol=1e-5 * np.abs(wanted).max())
    features = page.run("Array.from(tensors[frames.find(f => f.class === 'WeightedSum').inputs[1][1]].numbers)")
    context = np.einsum("nl,nld->nd", y, np.reshape(features, (2, x.shape[1], -1)))
    assert np.allclose(page.run("Array.from(views.get('asif:context').numbers)"), context.ravel(), atol=1e-5)
    page.point_at("#unslide", click=True)
    assert page.run("views.get('output:y').numbers === views.get('output:y').tensor.numbers")


@needs_chromium
def test_a_gate_that_is_shut(at, demos):
    """With the forget gate of a unit at 0 its memory is i g alone, and no gradient goes to the word before."""
    page = at(demos["soft-attention"], place="#frame=0")
    page.run("goTo(f => f.class === 'LSTMCell' && f.t === 2)")
    page.run("setSlider('gate', 0)")
    i, g = page.run("(n => [n[0], n[32]])(views.get('cache:gates').numbers)")
    assert np.isclose(page.run("views.get('output:state[1]').numbers[0]"), i * g)
    assert page.run("views.get('dinput:dstate[1]').numbers[0]") == 0


@needs_chromium
def test_nudged_weights_are_told(at, folder):
    """u leads to one: the loss with it a little smaller and larger, beside what the gradient says."""
    document = recorded()
    path = next(f["path"] for f in document["frames"] if f["path"].endswith("attend.score"))
    document["nudges"] = [{"path": path, "name": "v", "entry": [1], "step": 0.001, "less": 1.0, "more": 1.004}]
    stepper(document, folder / "nudged.html", "Nudged")
    page = at(folder / "nudged.html")
    page.press("u")
    said = page.run("text('why')")
    assert said.startswith("dv[1] = ") and "1.000000 and 1.004000: 2.000 per unit" in said and "over 4 calls" in said


@needs_chromium
def test_birth_of_nan(at, folder):
    """Numbers that are not finite are drawn, not tripped over, and a key leads to where the first was made."""
    stepper(recorded(np.inf), folder / "inf.html", "Not finite")
    page = at(folder / "inf.html")
    page.press("n")
    assert page.run("here === born.index") and "birth" in page.run("text('told')")
    culprits = page.run("frames.filter(guilty).length")
    page.press("Home", *"b" * culprits)
    assert page.run("guilty(frames[here])")


@needs_chromium
def test_another_recording_can_be_dropped_on_it(at, tiny, folder):
    """It is shown; what is none, is damaged, or of a later version is answered by a sentence, and nothing is lost."""
    page = at(tiny)
    empty = {"format": "minisat-trace", "version": 1, "frames": [{}], "tensors": [], "captions": []}
    for text, said in (("[", "no trace"), ("[]", "no trace"), (json.dumps(empty | {"version": 99}), "version 99"),
                       (json.dumps(empty), "frame 0")):
        page.run(f"drop({json.dumps(text)}, 'other.json')")
        assert said in page.run("text('why')") and page.run("frames.length") == 106
    document = recorded()
    document["frames"] = document["frames"][:3]
    for frame in document["frames"]:
        frame["twin"] = None
    page.run(f"drop({json.dumps(json.dumps(document))}, 'other.json')")
    assert page.run("frames.length") == 3 and page.run("document.title") == "other.json"


@needs_chromium
def test_an_earlier_recording_still_opens(at, folder):
    """One with pictures of block means for numbers, without sizes and words, its grid rows and columns alone."""
    *step, vocabulary, photos = demo_step(captions=1)
    document = json.loads(json.dumps(record_step(*step, vocabulary, photos, checks=())[0]))
    for name in ("sizes", "words"):
        document.pop(name)
    document["captions"][0]["grid"] = [8, 8]
    for tensor in document["tensors"]:
        if "deflated" in tensor:
            del tensor["deflated"]
            cells = base64.b64encode(bytes(6)).decode()
            tensor["picture"] = {"rows": 2, "columns": 3, "scale": 1.0, "cells": cells, "of": "all"}
    write_trace(folder / "old.json", document)
    stepper(read_trace(folder / "old.json"), folder / "old.html", "Old")
    page = at(folder / "old.html")
    for i in range(0, len(document["frames"]), 9):
        page.run(f"go({i})")


def test_numbers_are_read_as_they_were_written():
    """Few with four digits, many as float32; a file whose numbers are not as many is damaged."""
    array = np.random.default_rng(0).standard_normal((20, 30))
    row = describe_array(array)
    assert np.array_equal(inflated(row["deflated"], 600), array.astype(np.float32).ravel())
    assert inflated(base64.b64encode(zlib.compress(bytes(4 * 599))).decode(), 600).size == 599
    for broken in (base64.b64encode(zlib.compress(bytes(4 * 601))).decode(), row["deflated"][:-40], "x"):
        with pytest.raises(ValueError):
            inflated(broken, 600)


def test_the_trace_says_where_its_cells_lie(tmp_path):
    """As the encoder has them; a trace of earlier versions, with rows and columns alone, has even ones."""
    *step, vocabulary, photos = demo_step(captions=1)
    document = record_step(*step, vocabulary, photos, checks=())[0]
    grid = build("toy_cnn_v2").cells()
    assert document["captions"][0]["grid"] == grid
    for given, drawn in ((grid, grid), ([8, 8], CellGrid.even(8, 8)), ([0, 0], [0, 0])):
        document["captions"][0]["grid"] = given
        stepper(document, tmp_path / "step.html", "A step")
        assert f'"grid":{json.dumps(drawn, separators=(",", ":"))}' in (tmp_path / "step.html").read_text()
