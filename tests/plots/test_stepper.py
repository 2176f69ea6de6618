"""The stepper's page: complete in itself, small, and its keys work in a browser."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from minisat.captioner.cases import CASES
from minisat.plots.stepper import stepper
from minisat.trace import describe, trace


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    model, inputs, noise = CASES["captioner.soft-attention"](np.random.default_rng(0))
    with trace(model) as recording:
        _, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
        model.backward(1.0, cache)
    document, _ = describe(recording, checks=())
    document["frames"][-1]["local"] = {"ok": False, "error": 1.0, "tolerance": 1e-6, "text": "Planted </script> & <b>.",
                                       "tensors": []}
    path = tmp_path_factory.mktemp("page") / "step.html"
    stepper(document, path, "A step <of> mine")
    return path


def test_it_needs_nothing_else(page):
    """No address, no other file; texts are escaped; well under 3 MB."""
    text = page.read_text(encoding="utf-8")
    assert len(text) < 1_000_000 and "A step &lt;of&gt; mine" in text and "Planted </script>" not in text
    assert not re.findall(r"https?://|<link|src=\"(?!\$)", text.split('<script type="application/json"')[0])


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_keys_in_a_browser(page, tmp_path):
    """#selftest presses the keys and says in the title what happened."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
               "--virtual-time-budget=3000", "--dump-dom", f"file://{page}#selftest"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    title = re.search(r"<title>([^<]*)", done.stdout)[1]
    assert title.startswith("selftest: ") and "FAILED" not in title
    for name in ("on", "back", "twin", "time", "red", "filter", "link", "heat"):
        assert f"{name} ok" in title
    assert "106 frames, 1 red" in title
