"""Pages of hostile texts do nothing: not by their source, and not in a browser."""

import ast
import base64
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from browser import needs_chromium, opened
from PIL import Image

from minisat import plots
from minisat.plots import GalleryItem, Mistake, analysis_page, gallery
from minisat.plots.own_photos import own_photos
from minisat.plots.report import ReportedPhoto, ReportedRun, report
from minisat.plots.stepper import stepper
from minisat.plots.word_vectors import table_page
from minisat.trace import demo_step, record_step

ROOM = Path(plots.__file__).parent
SOURCES = sorted([*ROOM.glob("*.py"), *ROOM.parent.glob("book/*.py")])
TEMPLATES = sorted([*ROOM.glob("*.html"), *ROOM.glob("*_page/*.js")])
NASTY = ("\"><img src=x onerror=\"document.title='got in'\"><script>document.title='got in'</script>"
         "{0}{{title}}'`${1} $\\frac$</td>")


def literal(node):
    """Whether an expression is a text that stands in the source, or one of two such."""
    if isinstance(node, ast.IfExp):
        return literal(node.body) and literal(node.orelse)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_literals_become_html(path):
    """Html is made in three files alone; elsewhere by `markup` and `joined`, of templates that stand in the source."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        assert name != "Html" or path.name in ("markup.py", "page.py", "markdown.py")
        assert name not in ("markup", "joined") or literal(call.args[0]), ast.unparse(call)
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert path.name == "markup.py" or "html" not in imported


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_nothing_that_a_policy_forbids(path):
    """No handlers or styles as attributes, no text made into HTML but in one place, nothing evaluated."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>]*\s(on\w+|style)=", text)
    assert not re.search(r"\beval\(|new Function|outerHTML|insertAdjacentHTML|document\.write|setAttribute\(\"on", text)
    assert text.count("innerHTML") <= 1  # in a function that escapes
    assert "innerHTML" not in text or "element.innerHTML = written(made)" in text
    assert not re.search(r"(?<!html)`\s*<", text), "HTML in a plain `…`"


def hostile(value):
    """The same document with every text replaced by a hostile one, but for the names that the page goes by."""
    if isinstance(value, str):
        return value if value in ("forward", "backward") else NASTY
    if isinstance(value, dict):
        return {key: hostile(entry) for key, entry in value.items()}
    return [hostile(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def write_stepper(path):
    """A trace from somebody else: every text, dtype, shape, line, photo and depth in it is hostile."""
    document = json.loads(json.dumps(record_step(*demo_step(), checks=())[0]))
    tensors, frames = document["tensors"], document["frames"]
    document = hostile(document)
    document["sources"] = {NASTY: next(iter(document["sources"].values()))}
    for tensor, before in zip(document["tensors"], tensors):
        tensor["shape"][:-1] = [NASTY] * (len(tensor["shape"]) - 1)
        tensor |= {name: NASTY for name in ("min", "max", "mean", "std", "norm") if name in tensor}
        if "picture" in before:
            tensor["picture"] = before["picture"] | {"of": NASTY}
    for frame, before in zip(document["frames"], frames):
        frame["site"]["line"] = frame["depth"] = NASTY
        frame["local"] = {"ok": False, "error": NASTY, "tolerance": NASTY, "text": NASTY, "tensors": [[NASTY, NASTY]]}
        for field in ("inputs", "outputs", "cache", "upstream", "downstream", "parameters"):
            if field in frame:
                frame[field] = [[NASTY, *row[1:]] for row in before[field]]
    stepper(document, path, NASTY)


def items(words):
    """Two cards of a gallery, one with attention."""
    return [GalleryItem(NASTY, Image.new("RGB", (30, 20)), words, [NASTY], {NASTY: 12.0}, np.full((3, 9), 1 / 9),
                        np.ones(3)), GalleryItem(NASTY, None, words, [NASTY], {NASTY: 3.0})]


def write_analysis(path):
    photo = Image.new("RGB", (30, 20))
    analysis_page(items([NASTY]), path, NASTY, NASTY,
                  diversity={"n": 2, "unique_captions": 1, "collapsed": True, "repeated": [(2, NASTY)]},
                  unsupported={NASTY: (8, 2)}, mistakes=[Mistake(NASTY, NASTY, NASTY, 7, [(photo, NASTY)])],
                  attention={NASTY: {"words": 8, "entropy": 1.5, "peak": 0.25, "beta": None}},
                  locations={"count": 9, "entropy": 2.2})


def write_report(path):
    scores = {"dev": {"corpus": {"bleu_4": 0.2}, "images": NASTY, "decoding": NASTY, "yardsticks": {NASTY: {}}}}
    runs = [ReportedRun(NASTY, {NASTY: NASTY}, {NASTY: NASTY + str(k)}, [{"epoch": 1, "dev_loss": 3.0, "bleu_4": 0.1}],
                        scores) for k in range(2)]
    report(runs, [ReportedPhoto(NASTY, Image.new("RGB", (30, 20)), [NASTY, NASTY], [NASTY])], path, NASTY, NASTY)


PAGES = {
    "stepper": write_stepper,
    "gallery": lambda path: gallery(items(["a", NASTY]), path, NASTY, NASTY, NASTY),
    "analysis": write_analysis,
    "report": write_report,
    "neighbours": lambda path: table_page({NASTY: {NASTY: [(NASTY, 0.5)], "b": []}}, path, NASTY, NASTY),
    "own_photos": lambda path: path.write_text(own_photos(NASTY, NASTY, 9), encoding="utf-8"),
}


@pytest.fixture(params=PAGES)
def page(request, tmp_path):
    """A page of hostile texts."""
    PAGES[request.param](tmp_path / "page.html")
    return tmp_path / "page.html"


def test_hostile_texts_stand_in_the_source_as_texts(page):
    """No tag of theirs; a policy that names every program and style of the page by its hash and no other."""
    text = page.read_text(encoding="utf-8")
    assert "<img src=x" not in text and "<script>document.title" not in text
    rule, = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert rule.startswith("default-src 'none'; ") and "unsafe" not in rule and "*" not in rule
    assert text.index(rule) < min(text.index("<title>"), text.index("<style>"))
    programs = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(program.encode()).digest()).decode() for program in programs]
    assert sorted(re.findall(r"sha256-([\w+/=]+)", rule)) == sorted(hashes)


@needs_chromium
def test_hostile_texts_do_nothing_in_a_browser(page, tmp_path):
    """Nothing of theirs is run, or tried, and the page's own programs run through; a trace's photo is not asked for."""
    text, complaints = opened(f"file://{page}", tmp_path / "profile")
    assert f"<title>{NASTY}" in text
    assert [line for line in complaints if "Loading the image" not in line] == []


@needs_chromium
def test_the_policy_holds_where_escaping_was_forgotten(tmp_path):
    """The second wall: hostile HTML in a page of ours is shown, and does nothing."""
    gallery(items(["a"]), tmp_path / "page.html", "A run")
    text = (tmp_path / "page.html").read_text(encoding="utf-8").replace("<main>", f"<main>{NASTY}")
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    text, complaints = opened(f"file://{tmp_path / 'page.html'}", tmp_path / "profile")
    assert "<title>A run" in text and any("Content Security Policy" in line for line in complaints)
