"""What a trace's document must be: the type of every field, and every number a frame or tensor that is there.

A trace may come from somebody else, and its page and its terminal show what it says.
"""

import base64
import re
from math import prod

from minisat.rules import Either, Rule, misfits
from minisat.trace.tensors import inflated
from minisat.trace.why.soundness import is_line

DEEPEST = 100      # calls inside each other
LARGEST = 2**53    # a whole number, and the entries of a tensor: beyond it JSON's readers differ
_PHOTO = re.compile(r"data:image/(jpeg|png);base64,[A-Za-z0-9+/]*=*")


WHOLE = Rule(int, above=-LARGEST, below=LARGEST)
COUNT = Rule(int, least=0, below=LARGEST)
MAYBE = Either(COUNT, None)
NUMBER = Either(Rule(float), Rule(str, choices=("inf", "-inf", "nan")))  # JSON has no word for the three
ROWS = [(str, Either(COUNT, str))]
VERDICT = {"ok": Either(bool, None), "error": NUMBER, "tolerance": NUMBER,  # ok is null where a check could not tell
           "text": str, "tensors": [(str, NUMBER)]}
CODE = {"file": str, "line": COUNT, "code": [str], "formulas": [COUNT]}
FRAME = {"index": COUNT, "path": str, "class": str, "phase": Rule(str, choices=("forward", "backward")), "t": MAYBE,
         "parent": MAYBE, "twin": MAYBE, "depth": COUNT, "ended": MAYBE, "seconds": NUMBER,
         "site": {"file": str, "line": COUNT, "text": str}, "source": Either(str, None), "helpers?": [COUNT],
         "local?": VERDICT,
         "global?": VERDICT, "cache": ROWS, "names?": [(str, COUNT)], "inside?": [(str, [MAYBE])],
         "place?": Either((str, COUNT), None), "rules?": MAYBE, "kind?": str, "numbers?": [(str, COUNT, str)]}
PHASES = {"forward": {"inputs": ROWS, "outputs": ROWS},
          "backward": {"upstream": ROWS, "downstream": ROWS, "parameters": [(str, COUNT, COUNT)]}}
TENSOR = {"shape": [COUNT], "dtype": str, "bad": COUNT, "min?": NUMBER, "max?": NUMBER, "mean?": NUMBER,
          "std?": NUMBER, "norm?": NUMBER, "zeros?": NUMBER, "values?": [NUMBER], "deflated?": str,
          "picture?": {"rows": COUNT, "columns": COUNT, "scale": NUMBER, "cells": str, "of": str}}
CELLS = (COUNT, NUMBER, NUMBER, COUNT)  # a vision.Cells
CAPTION = {"words": [str], "said": [str], "lead": WHOLE, "alphas": [[NUMBER]], "photo": Either(str, None),
           "grid": Either(None, (CELLS, CELLS), (COUNT, COUNT))}  # the last in earlier traces
NUDGE = {"path": str, "name": str, "entry": [COUNT], "step": NUMBER, "less": NUMBER, "more": NUMBER}
UPDATE = {"rate": NUMBER, "before": NUMBER, "after": NUMBER, "path": str, "name": str, "entry": [COUNT], "was": NUMBER,
          "gradient": NUMBER, "is": NUMBER}
STOP = {"title": str, "text": str, "frame": COUNT, "show": [str], "t": MAYBE}
TRACE = {"about": {str: Either(str, NUMBER, bool, None)},
         "sources": {str: Either(None, CODE | {"about": str, "helpers": [CODE]})},
         "tensors": [TENSOR], "frames": [FRAME], "captions": [CAPTION], "sizes?": {str: COUNT}, "words?": [str],
         "channels?": [str], "lessons?": {str: str}, "book?": {str: str}, "opens?": COUNT,
         "nudges?": [NUDGE], "update?": Either(UPDATE, None), "story?": [STOP], "rules?": [[dict]]}


def first_damage(document):
    """Where a document is first not what a trace is, such as "frames[3].depth must be …"; None when it is one."""
    frames, tensors, captions = (document.get(name) for name in ("frames", "tensors", "captions"))
    return (_misfit(document, TRACE, "")
            or _first(_misfit(frame, PHASES[frame["phase"]], f"frames[{i}]") for i, frame in enumerate(frames))
            or _first(_wrong_frame(document, i) for i in range(len(frames)))
            or _first(_is(f"story[{i}].frame", stop["frame"]) for i, stop in enumerate(document.get("story", ()))
                      if stop["frame"] >= len(frames))
            or _first(_wrong_tensor(i, tensor) for i, tensor in enumerate(tensors))
            or _first(f"rules[{i}] is no rule" for i, lines in enumerate(document.get("rules", ()))
                      if not all(map(is_line, lines)))
            or _first(_wrong_caption(i, caption) for i, caption in enumerate(captions)))


def _misfit(value, like, place):
    return _first(f"{where} {said}".strip() for where, said in misfits(value, like, place))


def _wrong_frame(document, i):
    """Whether its numbers name calls and tensors that are there, and its parent came before it."""
    frame, frames, tensors = document["frames"][i], document["frames"], len(document["tensors"])
    parent, twin = frame["parent"], frame["twin"]
    depth = 0 if parent is None else frames[parent]["depth"] + 1 if parent < i else -1
    fine = {"index": frame["index"] == i, "parent": parent is None or parent < i,
            "twin": twin is None or twin < len(frames), "depth": frame["depth"] == depth <= DEEPEST,
            "source": frame["source"] is None or bool(document["sources"].get(frame["source"]))}
    source = document["sources"].get(frame["source"] or "")
    fine["helpers"] = all(n < len(source["helpers"] if source else ()) for n in frame.get("helpers", ()))
    fine["rules"] = frame.get("rules") is None or frame["rules"] < len(document.get("rules", ()))
    fine["inside"] = all(n is None or n < len(frames) for _, calls in frame.get("inside", ()) for n in calls)
    for field in ("cache", *PHASES[frame["phase"]]):
        fine[field] = all(isinstance(n, str) or n < tensors for _, *numbers in frame[field] for n in numbers)
    fine["numbers"] = all(n < tensors for _, n, _ in frame.get("numbers", ()))
    fine["names"] = all(n < tensors for _, n in frame.get("names", ()))
    return _first(_is(f"frames[{i}].{name}", frame[name]) for name, good in fine.items() if not good)


def _wrong_tensor(i, tensor):
    """Whether it has as many values, or cells, as its shape says."""
    entries, picture = prod(tensor["shape"]), tensor.get("picture")
    figures = [name in tensor for name in ("min", "max", "mean", "std", "norm", "zeros")]
    if any(figures) and not all(figures):
        return f"tensors[{i}] has not all its figures"
    if entries > LARGEST:
        return _is(f"tensors[{i}].shape", tensor["shape"])
    if "deflated" in tensor:
        try:
            fine = inflated(tensor["deflated"], entries).size == entries
        except ValueError:
            fine = False
        return None if fine else f"tensors[{i}].deflated are not {entries} numbers"
    if picture:
        try:
            cells = len(base64.b64decode(picture["cells"], validate=True))
        except ValueError:
            cells = None
        fine = cells and cells == picture["rows"] * picture["columns"]
        return None if fine else f"tensors[{i}].picture has not the cells that it says"
    return None if len(tensor.get("values", ())) == entries else f"tensors[{i}].values are not {entries} numbers"


def _wrong_caption(i, caption):
    """Whether its photo is a picture in the text itself, and its attention one map for every word."""
    if caption["photo"] is not None and not _PHOTO.fullmatch(caption["photo"]):
        return _is(f"captions[{i}].photo", caption["photo"])
    rows, columns = (way if isinstance(way, int) else way[0] for way in caption["grid"] or (0, 0))
    if caption["alphas"] and (len(caption["alphas"]) != len(caption["said"])
                              or any(len(alpha) != rows * columns for alpha in caption["alphas"])):
        return f"captions[{i}].alphas are not a map of {rows} × {columns} for every word"
    return None


def _first(found):
    """The first that is not None."""
    return next((one for one in found if one is not None), None)


def _is(place, value):
    """A place and what stands there, in a few signs that any terminal can show."""
    shown = ascii(value if not isinstance(value, (list, dict)) else type(value).__name__)
    return f"{place} is {shown if len(shown) < 50 else shown[:47] + '...'}"
