"""What a trace's document must be: the type of every field, and every number a frame or tensor that is there.

A trace may come from somebody else, and its page and its terminal show what it says.
"""

import base64
import re
from math import isfinite, prod

DEEPEST = 100      # calls inside each other
LARGEST = 2**53    # a whole number, and the entries of a tensor: beyond it JSON's readers differ
_PHOTO = re.compile(r"data:image/(jpeg|png);base64,[A-Za-z0-9+/]*=*")


def text(value):
    return isinstance(value, str)


def whole(value):
    return type(value) is int and abs(value) < LARGEST


def count(value):
    return whole(value) and value >= 0


def number(value):
    """Four digits, or the name of what is not finite."""
    return whole(value) or isinstance(value, float) and isfinite(value) or value in ("inf", "-inf", "nan")


def said(value):
    """True, False, or None where a check could not tell."""
    return value is None or isinstance(value, bool)


def either(*kinds):
    """One of several kinds; None stands for itself."""
    return lambda value: any(value is None if kind is None else _wrong(value, kind, "") is None for kind in kinds)


ROWS = [(text, either(count, text))]
VERDICT = {"ok": said, "error": number, "tolerance": number,
           "text": text, "tensors": [(text, number)]}
CODE = {"file": text, "line": count, "code": [text], "formulas": [count]}
FRAME = {"index": count, "path": text, "class": text, "phase": lambda value: value in ("forward", "backward"),
         "t": either(None, count), "parent": either(None, count), "twin": either(None, count), "depth": count,
         "ended": either(None, count), "seconds": number, "site": {"file": text, "line": count, "text": text},
         "source": either(None, text), "local?": VERDICT, "global?": VERDICT, "cache": ROWS}
PHASES = {"forward": {"inputs": ROWS, "outputs": ROWS},
          "backward": {"upstream": ROWS, "downstream": ROWS, "parameters": [(text, count, count)]}}
TENSOR = {"shape": [count], "dtype": text, "bad": count, "min?": number, "max?": number, "mean?": number,
          "std?": number, "norm?": number, "zeros?": number, "values?": [number],
          "picture?": {"rows": count, "columns": count, "scale": number, "cells": text, "of": text}}
CELLS = (count, number, number, count)  # a vision.Cells
CAPTION = {"words": [text], "said": [text], "lead": whole, "alphas": [[number]],
           "grid": either(None, (CELLS, CELLS), (count, count)),  # the last in earlier traces
           "photo": lambda value: value is None or text(value) and bool(_PHOTO.fullmatch(value))}


def first_damage(document):
    """Where a document is first not what a trace is, such as "frames[3].depth is '9'"; None when it is one."""
    frames, tensors, captions = document["frames"], document["tensors"], document["captions"]
    return (_wrong_table(document["about"], "about", either(text, number, said))
            or _wrong_table(document["sources"], "sources", either(None, CODE | {"about": text, "helpers": [CODE]}))
            or _wrong(tensors, [TENSOR], "tensors") or _wrong(frames, [FRAME], "frames")
            or _wrong(captions, [CAPTION], "captions")
            or _first(_wrong(frame, PHASES[frame["phase"]], f"frames[{i}]") for i, frame in enumerate(frames))
            or _first(_wrong_frame(document, i) for i in range(len(frames)))
            or _first(_wrong_tensor(i, tensor) for i, tensor in enumerate(tensors))
            or _first(_wrong_caption(i, caption) for i, caption in enumerate(captions)))


def _wrong(value, kind, place):
    """Where `value` is not of its kind: a test, {field: kind} ("field?" may be missing), [kind] or (kind, …)."""
    if isinstance(kind, dict) and isinstance(value, dict):
        return _first(_wrong(value[name.rstrip("?")], inner, f"{place}.{name.rstrip('?')}")
                      if name.rstrip("?") in value else f"{place} has no {name}"
                      for name, inner in kind.items() if name in value or name.rstrip("?") in value or name[-1] != "?")
    if isinstance(kind, list) and isinstance(value, list):
        return _first(_wrong(entry, kind[0], f"{place}[{i}]") for i, entry in enumerate(value))
    if isinstance(kind, tuple) and isinstance(value, list) and len(value) == len(kind):
        return _first(_wrong(entry, inner, f"{place}[{i}]") for i, (entry, inner) in enumerate(zip(value, kind)))
    return None if callable(kind) and kind(value) else _is(place, value)


def _wrong_table(value, place, kind):
    """The same of {any name: kind}."""
    if not isinstance(value, dict):
        return _is(place, value)
    return _first(_wrong(entry, kind, f"{place}[{ascii(name[:20])}]") for name, entry in value.items())


def _wrong_frame(document, i):
    """Whether its numbers name calls and tensors that are there, and its parent came before it."""
    frame, frames, tensors = document["frames"][i], document["frames"], len(document["tensors"])
    parent, twin = frame["parent"], frame["twin"]
    depth = 0 if parent is None else frames[parent]["depth"] + 1 if parent < i else -1
    fine = {"index": frame["index"] == i, "parent": parent is None or parent < i,
            "twin": twin is None or twin < len(frames), "depth": frame["depth"] == depth <= DEEPEST,
            "source": frame["source"] is None or bool(document["sources"].get(frame["source"]))}
    for field in ("cache", *PHASES[frame["phase"]]):
        fine[field] = all(isinstance(n, str) or n < tensors for _, *numbers in frame[field] for n in numbers)
    return _first(_is(f"frames[{i}].{name}", frame[name]) for name, good in fine.items() if not good)


def _wrong_tensor(i, tensor):
    """Whether it has as many values, or cells, as its shape says."""
    entries, picture = prod(tensor["shape"]), tensor.get("picture")
    figures = [name in tensor for name in ("min", "max", "mean", "std", "norm", "zeros")]
    if any(figures) and not all(figures):
        return f"tensors[{i}] has not all its figures"
    if entries > LARGEST:
        return _is(f"tensors[{i}].shape", tensor["shape"])
    if picture:
        try:
            cells = len(base64.b64decode(picture["cells"], validate=True))
        except ValueError:
            cells = None
        fine = cells and cells == picture["rows"] * picture["columns"]
        return None if fine else f"tensors[{i}].picture has not the cells that it says"
    return None if len(tensor.get("values", ())) == entries else f"tensors[{i}].values are not {entries} numbers"


def _wrong_caption(i, caption):
    """Whether its attention is one map for every word."""
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
