"""Why is this entry what it is? Asked in words, dW[3,5], and answered in lines of text."""

import re
from pathlib import Path

import numpy as np

from minisat.errors import UserError, did_you_mean
from minisat.trace.why import Place, Recorded, Unreadable, explain, follow, found_line, sentence
from minisat.trace.why.binding import steps_of
from minisat.trace.why.language import number_text

_ENTRY = re.compile(r"\s*([^\W\d]\w*)\s*(?:\[([\d,\s]*)\])?\s*")


def numbers_beside(path, document):
    """The Recorded of a trace's document that was read from `path`, with the .npz beside it where there is one."""
    beside = Path(path).with_suffix(".npz")
    return Recorded(document, np.load(beside, allow_pickle=False) if beside.is_file() else None)


def asked(recorded, frame, text):
    """The Place that "dW[3,5]" means in a call. UserError, which says what there is, where it means none."""
    shapes = shapes_of(recorded, frame)
    if not shapes:
        raise UserError(f"No rule is known for {recorded.frames[frame]['class']}, so that nothing of frame {frame} can "
                        "be explained.")
    match = _ENTRY.fullmatch(text)
    name = match[1] if match else text.partition("[")[0].strip()
    if name not in shapes:
        raise UserError(f"Frame {frame} has no {name!r}: ask for an entry of {', '.join(shapes)}, such as "
                        f"{_last(shapes)}.{did_you_mean(name, shapes)}")
    index = tuple(int(number) for number in (match[2] or "").split(",") if number.strip()) if match else ()
    if not match or len(index) != len(shapes[name]) or any(i >= size for i, size in zip(index, shapes[name])):
        raise UserError(f"{name} has the shape {shapes[name]}: ask for one entry, such as "
                        f"{_last({name: shapes[name]})}.")
    return Place(frame, name, index)


def shapes_of(recorded, frame):
    """{name: shape} of what can be asked of a call."""
    shapes = {name: tuple(recorded.document["tensors"][number]["shape"]) for name, number in
              recorded.names(frame).items()}
    return shapes | steps_of(recorded.lines(frame)) if recorded.lines(frame) else {}


def _last(shapes):
    name, shape = next(iter(shapes.items()))
    return name + (f"[{','.join(str(size - 1) for size in shape)}]" if shape else "")


def why_lines(recorded, place, most=4):
    """The answer: the sum in one line, then each entry in it, and where that was made."""
    try:
        explanation = explain(recorded, place, most)
        if explanation is None:
            return [f"{place} = {number_text(recorded.value(place))}",
                    f"  {_origin(recorded, place, follow(recorded, place))}"]
        entries = list(dict.fromkeys(entry for term in explanation.terms for entry, _ in term.entries))
        width = max(map(len, map(str, entries)), default=0)
        return [sentence(explanation), *(f"  {str(entry):<{width}}  {_origin(recorded, entry, follow(recorded, entry))}"
                                         for entry in entries)]
    except Unreadable as problem:
        return [f"{place}: {problem}."]


def why_facts(recorded, place, most=4):
    """The same as plain values, for JSON."""
    explanation = explain(recorded, place, most)
    facts = {"frame": place.frame, "entry": str(place), "value": recorded.value(place)}
    if explanation is None:
        return facts | {"formula": None, "terms": []}
    terms = [{"value": term.value, "text": term.text,
              "entries": [{"entry": str(entry), "value": value} | _made(follow(recorded, entry))
                          for entry, value in term.entries]} for term in explanation.terms]
    return facts | {"formula": explanation.formula, "sum": explanation.value, "terms": terms,
                    "rest": explanation.rest, "others": explanation.others}


def _made(origin):
    return {"made_in": origin.frame, "as": str(origin)}


def largest(recorded, place):
    """Where to go on from a place: the first entry of its largest terms that was made in turn; None at the end."""
    try:
        explanation = explain(recorded, place)
        terms = explanation.terms if explanation else ()
        origins = (follow(recorded, entry) for term in terms for entry, _ in term.entries)
        return next((origin for origin in origins if found_line(recorded, origin)[0]), None)
    except Unreadable:
        return None


def _origin(recorded, entry, origin):
    """Where an entry is from, in words."""
    frame = recorded.frames[origin.frame]
    where = f"frame {origin.frame}, {frame['path']} {frame['phase']}"
    if found_line(recorded, origin)[0]:
        return "made here" if origin == entry else f"made in {where}: {origin}"
    if any(name == origin.name for twin in (frame["index"], frame["twin"]) if twin is not None
           for name, *_ in recorded.frames[twin].get("parameters", ())):
        return f"a weight, {origin} of {frame['path']}"
    return f"from outside: {origin}" if frame["parent"] is None else f"{origin} of {where}, which nothing made"
