"""A trace's file: read back as written, small, honest about what is not finite; the ways through its frames."""

import json
import os
import re

import numpy as np
import pytest

from minisat.captioner.cases import CASES
from minisat.errors import UserError
from minisat.nn import Conv2d, Linear, LSTMCell, ReLU, Sequential, Tanh
from minisat.trace import (
    VERSION,
    born,
    compare,
    describe,
    frame_text,
    guilty_frames,
    matching,
    next_red,
    read_trace,
    red_frames,
    time_step,
    trace,
    walk,
    write_trace,
)
from minisat.trace.document import upstream_name
from minisat.trace.source import source_of


def recorded(scale=1.0):
    model, inputs, noise = CASES["captioner.soft-attention"](np.random.default_rng(0))
    model.captioner.L_h.W.data *= scale
    with np.errstate(all="ignore"), trace(model) as recording:
        _, cache = model.forward(*inputs, rng=np.random.default_rng(1), **noise)
        model.backward(1.0, cache)
    return describe(recording, checks=())


@pytest.fixture(scope="module")
def document():
    return recorded()[0]


def test_gradients_bear_the_names_of_the_source(document):
    """What comes back is called as in backward's source, also where a twin may run instead: an LSTM's is dstate."""
    cells = [frame for frame in document["frames"] if frame["class"] == "LSTMCell"]
    given, back = (next(frame[key] for frame in cells if key in frame) for key in ("outputs", "upstream"))
    assert [name for name, _ in given] == ["state[0]", "state[1]"]
    assert [name for name, _ in back] == ["dstate[0]", "dstate[1]"]


def test_written_and_read(tmp_path):
    """JSON and .npz come back as they were; the arrays are in full precision and bear the tensors' numbers."""
    document, arrays = recorded()
    write_trace(tmp_path / "a.json", document, arrays)
    assert read_trace(tmp_path / "a.json") == json.loads(json.dumps(document))
    with np.load(tmp_path / "a.npz") as beside:
        assert len(beside) == len(document["tensors"])
        for number, row in enumerate(document["tensors"]):
            assert list(beside[f"t{number}"].shape) == row["shape"]


def test_other_files_are_refused(tmp_path):
    """What is no trace, or one of the future, is one clear sentence."""
    later = json.dumps({"format": "minisat-trace", "version": VERSION + 1})
    for content, said in (("[]", "not a trace"), (later, "version"),
                          ('{"format": "minisat-trace", "version": 1}', "damaged")):
        (tmp_path / "a.json").write_text(content)
        with pytest.raises(UserError, match=said):
            read_trace(tmp_path / "a.json")


HOSTILE = "<img src=x onerror=alert(1)>"
DAMAGE = {
    "tensors[0].dtype": (("tensors", 0, "dtype"), 5), "tensors[1].shape[0]": (("tensors", 1, "shape"), [HOSTILE]),
    "tensors[0].values are not": (("tensors", 0, "shape"), [2, 10**6]),
    "tensors[0].min": (("tensors", 0, "min"), HOSTILE), "tensors[0] has no shape": (("tensors", 0), {}),
    "frames[0].site.line": (("frames", 0, "site", "line"), HOSTILE), "frames[2].depth is": (("frames", 2, "depth"), 0),
    "frames[2].depth must be a whole number, not '": (("frames", 2, "depth"), HOSTILE),
    "frames[1].parent": (("frames", 1, "parent"), 9),
    "frames[0].helpers": (("frames", 0, "helpers"), [99]), "story[0].frame": (("story",), [
        {"title": "", "text": "", "frame": 10**6, "show": [], "t": None}]),
    "frames[0].twin": (("frames", 0, "twin"), 10**6), "frames[0].phase": (("frames", 0, "phase"), HOSTILE),
    "frames[3].index": (("frames", 3, "index"), 2), "frames[0].inputs": (("frames", 0, "inputs"), [["x", 10**6]]),
    "frames[0].inputs[0]": (("frames", 0, "inputs"), [["x"]]), "frames[0].source": (("frames", 0, "source"), HOSTILE),
    "frames[0].seconds": (("frames", 0, "seconds"), True), "about['model']": (("about", "model"), []),
    "frames[0].local.ok must be true or false or null, not 'yes'": (("frames", 0, "local"), {"ok": "yes"}),
    "frames must be a list, not a JSON object": (("frames",), {}),
    "captions[0].photo": (("captions", 0, "photo"), "https://elsewhere.example/x.png"),
    "frames[0].rules is": (("frames", 0, "rules"), 10**6),
    "rules[0] is no rule": (("rules", 0, 0, "is"), ["call", "x"]),
    "rules[1] is no rule": (("rules", 1, 0, "axes"), [["n", 10**12]]),
    "rules[3] is no rule": (("rules", 3, 0, "is"), "elsewhere"), "rules[2]": (("rules", 2), HOSTILE),
    "frames[0].names is": (("frames", 0, "names"), [["x", 10**6]]),
    "frames[0].inside is": (("frames", 0, "inside"), [["x", [10**6]]]),
    "captions[0].alphas are not a map": (("captions", 0, "grid"), [9, 9]),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_a_field_of_another_kind_is_refused(document, tmp_path, said):
    """Its place is named, with what stands there; the same document without it is read."""
    (*way, last), value = DAMAGE[said]
    changed = json.loads(json.dumps(document))
    changed["captions"] = [{"words": ["<start>"], "said": ["dog"], "lead": 0, "photo": None, "grid": [1, 2],
                            "alphas": [[0.5, 0.5]]}]
    (tmp_path / "a.json").write_text(json.dumps(changed))
    assert read_trace(tmp_path / "a.json") == changed
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value
    (tmp_path / "a.json").write_text(json.dumps(changed))
    with pytest.raises(UserError, match="is damaged, or no trace: " + re.escape(said)):
        read_trace(tmp_path / "a.json")


def test_a_trace_cannot_command_the_terminal(document):
    """What it says is shown without control signs."""
    changed = json.loads(json.dumps(document))
    changed["frames"][0]["site"]["text"] = "\x1b]0;mine\x07 \x9b31m y\u202e"
    assert not set(frame_text(changed, 0)) & set("\x1b\x07\x9b\u202e")


def test_a_large_array_becomes_a_picture():
    """Too many entries are block means with statistics; many are deflated, few are whole."""
    layer = Linear(50, 40, rng=0)
    with trace(layer) as recording:
        layer.forward(np.ones((3000, 50), np.float32))
        layer.forward(np.ones((30, 50), np.float32))
        layer.forward(np.ones((3, 50), np.float32))
    many, _, some, _, few, *_ = describe(recording, checks=())[0]["tensors"]
    assert many["picture"]["rows"] <= 30 and many["mean"] == 1 and not {"values", "deflated"} & set(many)
    assert "deflated" in some and "values" in few and few["values"] == [1.0] * 150


def test_statistics_of_a_tensor():
    """By hand, of eight numbers: smallest, largest, mean, length, and the share of zeros."""
    layer = ReLU()
    with trace(layer) as recording:
        layer.forward(np.array([[-3.0, 0, 0, 5], [0, 1, -1, 0]]))
    rows = sorted(describe(recording, checks=())[0]["tensors"], key=lambda row: row["min"])
    assert [rows[0][key] for key in ("min", "max", "mean", "norm", "zeros", "bad")] == [-3, 5, 0.25, 6, 0.5, 0]
    assert [rows[1][key] for key in ("min", "max", "mean", "zeros")] == [0, 5, 0.75, 0.75]


def test_formulas_and_call_lines(document):
    """Frames know their source with its formulas, and the line that called them."""
    frame = next(f for f in document["frames"] if f["class"] == "LSTMCell" and f["phase"] == "backward")
    source = document["sources"][frame["source"]]
    assert all("⇒" in source["code"][i] or "=" in source["code"][i] for i in source["formulas"])
    assert source["file"] == "minisat/nn/lstm.py" and source["helpers"]
    assert "self.cell.backward" in frame["site"]["text"]
    assert [name for name, *_ in frame["parameters"]] == ["W_x", "W_h", "b"]


def test_where_a_twin_runs_the_reference_is_shown():
    """A convolution's mathematics stands in a function that has a twin on NumPy; the page shows what is to be read."""
    shown = [helper for helper in source_of(Conv2d(3, 4, 3), "forward")["helpers"] if helper["code"][0] == "@twinned"]
    assert [helper["file"] for helper in shown] == ["minisat/nn/correlation.py"] * 2


def test_where_a_bad_number_was_born():
    """Weights that are not finite make many bad frames; the one that made the first is named."""
    document, _ = recorded(np.inf)
    assert born(document)["path"] == "captioner.L_h" and born(document)["phase"] == "forward"
    assert len(red_frames(document)) > 5


def test_ways_through(document):
    """Time steps, filters, red frames and the innermost of them."""
    cells = [f["index"] for f in document["frames"] if f["path"] == "captioner.attend.cell"]
    assert time_step(document, cells[0], 1) == cells[1] and time_step(document, cells[0], -1) == cells[0]
    assert matching(document, "cell forward") == cells[:4]
    marked = json.loads(json.dumps(document))
    for index in (cells[-1], marked["frames"][cells[-1]]["parent"]):
        marked["frames"][index]["local"] = {"ok": False, "error": 1, "tolerance": 0, "text": "", "tensors": []}
    assert guilty_frames(marked) == [cells[-1]]
    around = marked["frames"][cells[-1]]["parent"]  # the culprit comes first, then what is red because of it
    assert next_red(marked, 0) == cells[-1] and next_red(marked, cells[-1]) == around
    assert next_red(marked, around) == cells[-1] and next_red(document, 3) == 3


def test_differences(document):
    """A trace equals itself; other weights show first where they are used."""
    assert compare(document, document) == []
    rows = compare(document, recorded(1.5)[0])
    assert rows[0]["path"] in ("TeacherForcing", "captioner", "captioner.L_h")
    assert any(row["path"] == "captioner.L_h" and row["name"] == "W" for row in rows)


def test_frames_of_another_model(document):
    """Calls that only one of two traces has are named as such."""
    model = Sequential(Tanh())
    with trace(model) as recording:
        model.forward(np.ones((1, 2)))
    assert {row["what"] for row in compare(describe(recording, checks=())[0], document)} == {"only in A", "only in B"}


def test_the_story_in_the_terminal(document):
    """`s` leads from stop to stop and tells it; a recording without one says so."""
    told = [{"title": f"Stop {k}", "text": "What happens. " * 20, "frame": k, "show": [], "t": None} for k in (3, 7)]
    for story, heads, said in ((told, [3, 7, 3], ["1 of 2: Stop 3", "2 of 2: Stop 7", "1 of 2: Stop 3"]),
                               ([], [0, 0, 0], ["no story"] * 3)):
        keys, pages = iter(["s", "s", "s", "q"]), []
        walk(document | {"story": story}, lambda: next(keys), pages.append)  # noqa: B023
        assert [int(re.match(r"frame (\d+)", page)[1]) for page in pages[1:]] == heads
        assert all(text in page for text, page in zip(said, pages[1:]))


def test_birth_in_the_terminal():
    """`n` leads to the frame that made the first bad number, which says so; the frames around it point to it."""
    document, _ = recorded(np.inf)
    keys, pages = iter(["n", "0", "q"]), []
    walk(document, lambda: next(keys), pages.append)
    birth = born(document)["index"]
    assert f"frame {birth}, captioner.L_h" in pages[0] and "was made here" in pages[1]
    assert birth in guilty_frames(document) and len(guilty_frames(document)) < len(red_frames(document)) / 2
    assert "inside it frame" in pages[2]


def test_keys_in_the_terminal(document):
    """Step on, go to the twin and back, filter, leave."""
    keys, pages = iter(["right", "t", "t", "/cell forward", "]", "5", "q"]), []
    walk(document, lambda: next(keys), pages.append)
    heads = [page.splitlines()[0] for page in pages]
    twin = document["frames"][1]["twin"]
    assert [int(head.split()[1]) for head in heads[:4]] == [0, 1, twin, 1]
    assert "cell" in heads[4] and "time step 1" in heads[4] and "time step 2" in heads[5]
    assert heads[6].startswith("frame 5 ")


def test_why_in_the_terminal(document):
    """Asked for an entry it answers; f goes where the largest term was made, u comes back, another key ends it."""
    keys, pages = iter(["/L_o backward", "w dW[3,5]", "f", "u", "wdQ", "w dW[3]", "right", "q"]), []
    walk(document, lambda: next(keys), pages.append)
    said = [page.split("\n\n")[-1].splitlines()[0] for page in pages]
    assert said[2].startswith("dW[3,5] = Σ_{n,i} x[n,i,3]·dy[n,i,5] = ") and "made in frame" in pages[2]
    assert said[3] in said[2] or pages[3].startswith("frame ") and pages[3][:9] != pages[2][:9]
    assert said[4] == said[2]
    assert said[5].startswith("Frame ") and "has no 'dQ'" in said[5] and "the shape (4, 11)" in said[6]
    assert "dW[3" not in said[7]


def test_a_layer_without_a_docstring_says_nothing_about_itself():
    class Bare(Tanh):
        def forward(self, x):
            return super().forward(x)

    assert Bare.__doc__ is None
    source = source_of(Bare(), "forward")
    assert source["about"] == "" and "super" in source["code"][1]


def test_keys_of_a_real_terminal(document, monkeypatch):
    """Arrow keys, single letters, a filter with slips mended, a number typed with Enter: as a terminal sends them."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    monkeypatch.setattr("sys.stdin", os.fdopen(theirs, encoding="utf-8"))
    keys, pages = iter([b"\x1b[C", b"t", b"\x1b[D", b"/cells\x7f baxx\b\bckward\n", b"5\n", b"\x1b", b"q"]), []

    def write(page):
        pages.append(int(re.match(r"frame (\d+)", page)[1]))
        os.write(ours, next(keys))
    walk(document, write=write)
    twin = document["frames"][1]["twin"]
    assert pages == [0, 1, twin, twin - 1, matching(document, "cell backward")[0], 5, 5]
    os.close(ours)


def test_a_layer_with_a_twin_is_named_and_shown_as_its_page_has_it():
    """What backward's author calls the gradient that comes in, and the source's first lines."""
    cell = LSTMCell(2, 3, rng=0)
    assert upstream_name(cell) == "dstate"
    assert any("def backward(self, dstate, cache)" in line for line in source_of(cell, "backward")["code"])
