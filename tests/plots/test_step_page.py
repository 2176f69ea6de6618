"""minisat.step_page: the stepper's page of any module, from Python, saved or shown in a notebook."""

import json
import re

import numpy as np
import pytest
from driven import Chromium, needs_chromium

import minisat
from minisat import nn
from minisat.captioner.cases import CASES
from minisat.errors import UserError
from minisat.plots.stepper import step_page


class TwoWays(nn.Module):
    """y = W x + x: somebody's own layer, with a layer of the house inside."""

    def __init__(self):
        self.linear = nn.Linear(3, 3, rng=0)

    def forward(self, x):
        y, cache = self.linear.forward(x)
        return y + x, cache

    def backward(self, dy, cache):
        return self.linear.backward(dy, cache) + dy


def x(rows=4):
    return np.random.default_rng(0).standard_normal((rows, 3))


def test_the_page_of_an_own_module(tmp_path):
    """Both passes of both layers are recorded and checked; the module that was given is as it was."""
    module = TwoWays().astype("float64")
    page = minisat.step_page(module, x(), title="My <layer>")
    assert [frame["class"] for frame in page.document["frames"]] == ["TwoWays", "Linear"] * 2
    assert all(frame["local"]["ok"] for frame in page.document["frames"][2:])
    assert not module.linear.W.grad.any()
    assert page.save(tmp_path / "net.html") == tmp_path / "net.html"
    saved = (tmp_path / "net.html").read_text(encoding="utf-8")
    assert saved == page.html and "<title>My &lt;layer&gt;</title>" in saved
    held = re.search(r'<script type="application/json" id="trace">(.*?)</script>', saved, re.DOTALL)[1]
    assert json.loads(held)["frames"] == json.loads(json.dumps(page.document["frames"]))
    assert "6 calls" not in repr(page) and "4 calls" in repr(page)


def test_noise_and_gradients():
    """An rng is given where forward takes one; the loss's gradient is 1, another's drawn unless it is given."""
    objective, inputs, noise = CASES["captioner.hard-attention"](np.random.default_rng(0))
    page = step_page(objective, *inputs, checks=False, **noise)
    frames, tensors = page.document["frames"], page.document["tensors"]
    first = next(frame for frame in frames if frame["phase"] == "backward")
    assert tensors[first["upstream"][0][1]]["values"] == [1.0] and "local" not in first
    drawn = step_page(nn.Sequential(nn.Linear(3, 2, rng=0), nn.Dropout(0.5)), x(), rng=1).document
    assert drawn["frames"][-1]["phase"] == "backward"
    dy = np.full((4, 2), 0.25)
    given = step_page(nn.Linear(3, 2, rng=0), x(), upstream=dy).document
    assert given["tensors"][given["frames"][1]["upstream"][0][1]]["values"] == [0.25] * 8


class Late(nn.Module):
    """y = W x, whose backward pass runs W's forward pass once more."""

    def __init__(self):
        self.linear = nn.Linear(3, 3, rng=0)

    def forward(self, x):
        return self.linear(x), (x,)

    def backward(self, dy, cache):
        _, own = self.linear.forward(cache[0])
        return self.linear.backward(dy, own)


def test_a_forward_pass_within_a_backward_one():
    """It is recorded, and checked alone; the whole loss does not go through it."""
    frames = step_page(Late().astype("float64"), x()).document["frames"]
    inner = next(frame for frame in frames if frame["class"] == "Linear" and frame["phase"] == "backward")
    assert inner["local"]["ok"] and inner["global"]["ok"] is None and "part of a backward" in inner["global"]["text"]
    assert all(frame["local"]["ok"] for frame in frames if frame["phase"] == "backward")


def test_what_is_no_module_is_refused():
    """In one sentence."""
    with pytest.raises(UserError, match="A function has no forward and backward pass"):
        step_page(lambda x: x, x())


@needs_chromium
def test_alone_and_inside_a_notebook(tmp_path):
    """In Chromium both show the numbers, and neither complains."""
    page = step_page(TwoWays(), x(2))
    page.save(tmp_path / "net.html")
    (tmp_path / "notebook.html").write_text(f"<!doctype html><body>{page._repr_html_()}", encoding="utf-8")
    browser = Chromium()
    try:
        for name, where in (("net", "document"), ("notebook", "document.querySelector('iframe').contentDocument")):
            browser.open((tmp_path / f"{name}.html").as_uri())
            browser.until(f"{where}.querySelector('#screen').innerText.includes('TwoWays') || "
                          f"{where}.body.innerText.includes('TwoWays')")
        assert not browser.complaints
    finally:
        browser.close()
