"""The stepper's page: complete in itself, small, and its keys work in a browser."""

import json
import re

import numpy as np
import pytest
from browser import dumped, needs_chromium, title_of

from minisat.captioner.cases import CASES
from minisat.plots.stepper import stepper
from minisat.trace import demo_step, describe, record_step, trace
from minisat.vision import CellGrid, build


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
def page(tmp_path_factory):
    """A page with a planted verdict that tries to break out of it."""
    document = recorded()
    document["frames"][-1]["local"] = {"ok": False, "error": 1.0, "tolerance": 1e-6, "text": "Planted </script> & <b>.",
                                       "tensors": []}
    path = tmp_path_factory.mktemp("page") / "step.html"
    stepper(document, path, "A step <of> mine")
    return path


@pytest.fixture(scope="module")
def captioner_page(tmp_path_factory):
    """The page of the demo captioner: from photos to the loss."""
    *step, vocabulary, photos = demo_step()
    path = tmp_path_factory.mktemp("page") / "step.html"
    stepper(record_step(*step, vocabulary, photos, checks=())[0], path, "A captioner's step")
    return path


def assert_seen(text, *names):
    """Assert that every check of the self-test passed, these among them."""
    assert "FAILED" not in text
    for name in names:
        assert f"{name} ok" in text, name


def test_it_needs_nothing_else(page, captioner_page):
    """No address, no other file; texts are escaped; well under 3 MB."""
    text = page.read_text(encoding="utf-8")
    assert "A step &lt;of&gt; mine" in text and "Planted </script>" not in text
    assert not re.findall(r"https?://|<link|src=\"(?!\$)", text.split('<script type="application/json"')[0])
    assert len(text) < 1_000_000 and captioner_page.stat().st_size < 1_000_000


@needs_chromium
def test_keys_in_a_browser(page, tmp_path):
    """#selftest presses the keys and says in the title what happened."""
    title = title_of(f"file://{page}#selftest", tmp_path, "selftest: ")
    assert title.startswith("selftest: ") and "106 frames, 1 red" in title
    assert_seen(title, "on", "back", "twin", "time", "red", "dots", "filter", "link", "formula", "numbers", "buttons",
                "fits")


@needs_chromium
def test_on_a_phone_with_photos(captioner_page, tmp_path):
    """360 pixels wide: the same keys as buttons, nothing wider than the page, the word and photo of the time step."""
    frame = tmp_path / "phone.html"
    frame.write_text(f"<iframe width=360 height=740 src='file://{captioner_page}#selftest'></iframe><p id=said></p>"
                     "<script>onmessage = event => said.textContent = event.data</script>", encoding="utf-8")
    text = dumped(f"file://{frame}", tmp_path / "profile", '<p id="said">selftest: ')
    assert_seen(re.search(r'<p id="said">([^<]*)', text)[1], "twin", "time", "photo", "buttons", "fits")


@needs_chromium
def test_birth_of_nan(tmp_path):
    """Numbers that are not finite are drawn, not tripped over, and a key leads to where the first was made."""
    stepper(recorded(np.inf), tmp_path / "step.html", "Not finite")
    title = title_of(f"file://{tmp_path / 'step.html'}#selftest", tmp_path / "profile", "selftest: ")
    assert_seen(title, "red", "dots", "birth", "formula", "numbers")


@needs_chromium
def test_a_link_to_a_frame(page, tmp_path):
    """An address that ends in #frame=34 opens there."""
    text = dumped(f"file://{page}#frame=34", tmp_path)
    assert "frame 34 of 105" in text and re.search(r'data-i="34" class="[^"]*\bon\b', text)


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
