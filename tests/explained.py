"""Recordings whose every number is held against its rule: what is not explained, or explained wrongly."""

import re

import numpy as np

from minisat.captioner.cases import EVERY_CASE
from minisat.nn.nested import is_float, mapped
from minisat.trace import describe, trace
from minisat.trace.why import Place, Recorded, evaluate, found_line
from minisat.trace.why.language import text_of

EXACT = 1e-9   # of the largest entry, at least of 1
MANY = 300     # of more entries a seeded sample is looked at
SAMPLE = 60


def recorded(name):
    """The Recorded of a case of the house in float64, forward and backward from random gradients."""
    model, inputs, noise = EVERY_CASE[name](np.random.default_rng(0))
    model = (model.reference() if hasattr(model, "reference") else model).astype("float64")
    inputs, noise = (mapped(lambda x: x.astype("float64") if is_float(x) else x, tree) for tree in (inputs, noise))
    if model.takes_rng:
        noise = {"rng": np.random.default_rng(1)} | noise
    rng = np.random.default_rng(2)
    with trace(model) as recording:
        outputs, cache = model.forward(*inputs, **noise)
        model.backward(mapped(lambda y: y if y is None else rng.standard_normal(np.shape(y)) if np.ndim(y) else 0.7,
                              outputs), cache)
    return Recorded(*describe(recording, checks=()))


def wrong(found):
    """[(path, phase, line's left side, error)] of the lines whose entries are not what was recorded."""
    rng = np.random.default_rng(0)
    return [(frame["path"], frame["phase"], line["of"], error) for frame in found.frames
            for line in found.lines(frame["index"]) if not line["step"]
            if not (error := error_of(found, frame["index"], line, rng)) <= EXACT]


def error_of(found, frame, line, rng):
    """The largest error of a line's entries, relative to the largest of them (at least 1)."""
    sizes = [size for _, size in line["axes"]]
    if 0 in sizes:
        return 0.0
    chosen = None
    if np.prod(sizes) > MANY:
        chosen = {name: rng.integers(0, size, SAMPLE) for name, size in line["axes"]}
    where, values = found.entries(frame, line, chosen)
    _, name, _, *call = line["of"]
    if not call:
        truth = found.reader(frame)(name, None, 0)[where]
    elif isinstance(call[0][1], int):
        truth = found.reader(frame)(name, *call[0])[where]
    else:
        if chosen is None:
            chosen = dict(zip((name for name, _ in line["axes"]), np.ix_(*map(np.arange, sizes))))
        number, _ = evaluate(call[0][1], chosen, None)
        truth = found.reader(frame)(name, call[0][0], None)[(number, *where)]
    return float(np.abs(truth - values).max(initial=0) / max(1, np.abs(truth).max(initial=0)))


def unexplained(found):
    """[(path, phase, name)] of what the calls made, and were given by the call around, that no rule makes."""
    gaps = []
    for frame in found.frames:
        i, forward = frame["index"], frame["phase"] == "forward"
        if frame["rules"] is None:
            gaps.append((frame["path"], frame["phase"], "all"))
            continue
        made = [row[-1] for row in (frame["outputs"] if forward else [*frame["downstream"], *frame["parameters"]])]
        names, ruled = found.names(i), _ruled(found, i)
        whole = {number for name, number in names.items() if ruled.get(name) == found.tensor(number).size}
        gaps += [(frame["path"], frame["phase"], name) for name, number in names.items()
                 if number in made and number not in whole]
        if frame["place"] and found.frames[frame["parent"]]["rules"] is not None:
            given = [number for _, number in frame["inputs" if forward else "upstream"] if isinstance(number, int)]
            gaps += [(frame["path"], frame["phase"], f"{name}, which it was given") for name, number in names.items()
                     if number in given and number not in whole and found.tensor(number).ndim
                     and not _handed(found, frame, name, found.tensor(number).shape)]
    return gaps


def _ruled(found, frame):
    """{name: how many of its entries the lines of a call make}."""
    counts = {}
    for line in found.lines(frame):
        if len(line["of"]) == 3:
            name = line["of"][1]
            counts[name] = counts.get(name, 0) + int(np.prod([size for _, size in line["axes"]]))
    return counts


def _handed(found, frame, name, shape):
    """Whether the call around says of the first and the last entry of an input where it is from."""
    corners = [tuple(0 for _ in shape), tuple(size - 1 for size in shape)]
    return 0 in shape or all(found_line(found, Place(frame["parent"], name, corner, tuple(frame["place"])))[0]
                             for corner in corners)


def noticed(found):
    """{(class, pass, addend or factor): how much leaving it out of its rule changes an entry}, sizes written as #."""
    changes, rng = {}, np.random.default_rng(0)
    for frame in found.frames:
        for line in found.lines(frame["index"]):
            sizes = [size for _, size in line["axes"]]
            if 0 in sizes:
                continue
            chosen = {name: rng.integers(0, size, SAMPLE) for name, size in line["axes"]}
            _, whole = found.entries(frame["index"], line, chosen)
            for without, part in _without(line["is"]):
                _, values = found.entries(frame["index"], line | {"is": without}, chosen)
                key = frame["class"], frame["phase"], re.sub(r"\d+", "#", text_of(part))
                changes[key] = max(changes.get(key, 0.0), float(np.abs(whole - values).max(initial=0)))
    return changes


def _without(tree):
    """(the tree without one of its addends or factors, that one)."""
    if isinstance(tree, list) and tree[0] in ("+", "*"):
        for i in range(1, len(tree)):
            rest = tree[1:i] + tree[i + 1:]
            yield [tree[0], *rest] if len(rest) > 1 else rest[0], tree[i]
    elif isinstance(tree, list) and tree[0] in ("sum", "-"):
        for without, part in _without(tree[-1]):
            yield [*tree[:-1], without], part
