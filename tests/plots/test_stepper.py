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
from minisat.plots.stepper import stepper
from minisat.trace import demo_step, describe, read_trace, record_step, trace, write_trace
from minisat.trace.tensors import describe_array, inflated
from minisat.vision import CellGrid, build

MODELS = ("soft-attention", "hard-attention", "show-and-tell", "gru-notebook")
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
    assert "x = x, input of forward" in page.run("document.querySelector('.column.middle .kept').textContent")
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
