"""--open: the page that a verb has written is shown, in a browser with windows or by its name."""

import json

import numpy as np
import pytest

from minisat import nn
from minisat.cli import browser
from minisat.cli.main import main
from minisat.plots.index import index_page
from minisat.plots.stepper import step_page
from minisat.text import WordVectors, write_vectors


@pytest.fixture
def shown(monkeypatch):
    """The addresses that the browser was given."""
    addresses = []
    monkeypatch.setattr(browser, "_has_windows", lambda: True)
    monkeypatch.setattr("webbrowser.open", lambda address: addresses.append(address) or True)
    return addresses


@pytest.fixture
def recorded(tmp_path):
    """A trace's file."""
    document = step_page(nn.Linear(2, 2, rng=0), np.ones((1, 2)), checks=False).document
    path = tmp_path / "step.json"
    path.write_text(json.dumps(document))
    return path


def test_a_page_is_opened_when_it_is_asked_for(recorded, tmp_path, shown, capsys):
    """And only then; without a browser that has windows the page is named."""
    assert main(["trace", "html", str(recorded)]) == 0 and shown == []
    assert "Open " in capsys.readouterr().out
    assert main(["trace", "html", str(recorded), "--open"]) == 0
    assert shown == [(tmp_path / "step.html").as_uri()]
    assert capsys.readouterr().out == f"{tmp_path / 'step.html'} is open in your browser.\n"


def test_word_vectors(tmp_path, shown):
    """The table of neighbours."""
    words = ["red", "green", "blue"]
    write_vectors(tmp_path / "v.txt", WordVectors(words, np.eye(3, dtype=np.float32) + 0.1))
    assert main(["word2vec", "plot", str(tmp_path / "v.txt"), "--out", str(tmp_path), "--open"]) == 0
    assert shown == [(tmp_path / "neighbours.html").as_uri()]


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"])
def test_without_a_display_no_browser_fills_the_terminal(monkeypatch, name):
    """Python would take a text browser there."""
    for each in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.name", "posix")
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    assert not browser._has_windows() and browser.show("a b.html", "there") == "Open a b.html, there in a browser."
    monkeypatch.setenv(name, "x")
    assert browser._has_windows() and browser.show("a.html") == "Open a.html in a browser."


def test_the_index_page(tmp_path):
    """Links are relative to it, pictures stand in it, texts are escaped."""
    (tmp_path / "run").mkdir()
    (tmp_path / "a.png").write_bytes(b"png")
    index_page(tmp_path / "index.html", "T", "a < b", facts=[("0.9", "so")],
               cards=[(tmp_path / "run" / "x y.html", "X", "is")],
               pictured="P", pictures=[(tmp_path / "a.png", "seen")], following=[("minisat lesson", "learn")])
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="run/x%20y.html"' in text and "a &lt; b" in text
    assert 'alt="seen" src="data:image/png;base64,cG5n"' in text
