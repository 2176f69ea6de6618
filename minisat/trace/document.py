"""A trace as a document: plain values for a JSON file, the arrays in full precision in an .npz beside it.

    {"format": "minisat-trace", "version": 1, "about": {…}, "sources": {…}, "tensors": [{…}], "frames": [{…}],
     "captions": [{…}]}

A frame is one call: "index", "path", "class", "phase", "t", "parent", "twin", "depth", "ended", "seconds", "site",
"source", "helpers" (which of its source's helpers ran), then lists of [name, tensor number or text]: "inputs",
"outputs", "cache" of a forward call; "upstream", "downstream", "cache", "parameters" ([name, value, gradient]) of a
backward call; and of this one the verdicts "local" and "global" {"ok", "error", "tolerance", "text", "tensors"}, and
where its gradients are wrong "numbers", lists of [name, tensor number of what it should be, what is wrong in words].
A frame whose class is derived from one that the house explains has "kind", that one's name; "lessons" {class: name}
says which lesson derives it, "book" {name: file} where its page is; "opens" is the frame to begin with. `ended` is null
where an exception ended the call. A captioner's step (see steps.py) has more: "sizes" {letter: size} of its shapes,
"words" of the vocabulary, "channels" where the features of a place have names, "nudges" and "update" (see pushing.py),
"story" (see story.py). What explains its numbers, "names", "inside", "place", "rules" and the document's "rules", is
told in minisat/trace/why.
"""

import inspect
import json
import linecache
from pathlib import Path

import numpy as np

from minisat.backend import to_numpy
from minisat.errors import UserError
from minisat.files import read_json, whole_file, write_text
from minisat.gradcheck import input_names
from minisat.nn.watching import paths
from minisat.trace.damage import first_damage
from minisat.trace.global_check import check_global, forward_dtype
from minisat.trace.lessons import LESSONS
from minisat.trace.local_check import check_local, mirrored
from minisat.trace.source import place, ran, source_of
from minisat.trace.tensors import Tensors, short
from minisat.trace.why import Explainer, known_class, values_of

FORMAT, VERSION = "minisat-trace", 1
FIELDS = {"forward": ("inputs", "outputs", "cache"), "backward": ("upstream", "downstream", "cache", "parameters")}


def describe(trace, about=None, captions=(), checks=("local", "global")):
    """(document, {name: array}) of a finished Trace.

    `about` {name: number or text} comes first on the page. `captions`: [{"words", "said", "photo": data URI or None,
    "grid": CellGrid or None, "alphas": (T, L), "lead"}] of captioners: `lead` rounds of the recurrence come before the
    first word. `checks` are those to run.
    """
    tensors, sources = Tensors(), {}
    verdicts = {"local": check_local(trace) if "local" in checks else {},
                "global": check_global(trace) if "global" in checks else {}}
    steps, frames, explainer = trace.time_steps(), [], Explainer(trace)
    own = {path: values_of(module) for path, module in paths(*trace.models)}
    for call in trace.calls:
        depth = 0 if call.parent is None else frames[call.parent]["depth"] + 1
        frame = {"index": call.index, "path": call.path, "class": type(call.module).__name__, "phase": call.phase,
                 "t": steps[call.index], "parent": call.parent, "twin": call.twin, "depth": depth, "ended": call.ended,
                 "seconds": short(call.seconds), "site": _site(call),
                 "source": _source(call, sources)}
        if (known := known_class(type(call.module))) not in (None, frame["class"]):
            frame["kind"] = known
        frame["helpers"] = ran(call, sources.get(frame["source"]))
        frame |= _values(trace, call, own[call.path], tensors)
        for kind, found in verdicts.items():
            if call.index in found:
                frame[kind] = _plain(found[call.index])
                if numbers := found[call.index].numbers:
                    frame["numbers"] = [[f"d{name}", tensors.add(wanted), said] for name, wanted, said in numbers]
        frames.append(frame)
    _explained(explainer, frames, own, tensors)
    tensors.fit()
    facts = {"model": type(trace.modules[0]).__name__,
             "parameters": sum(p.data.size for root in trace.models for p in root.parameters()),
             "dtype": str(forward_dtype(trace.calls[0])) if trace.calls else "", "calls": len(frames)}
    document = {"format": FORMAT, "version": VERSION, "about": facts | (about or {}), "sources": sources,
                "tensors": tensors.rows, "frames": frames,
                "rules": explainer.table, "lessons": {name: LESSONS[name] for name in sorted(
                    {frame.get("kind", frame["class"]) for frame in frames} & LESSONS.keys())},
                "captions": [caption | {"alphas": [[short(a) for a in row] for row in caption["alphas"]]}
                             for caption in captions]}
    return document, tensors.arrays


def _site(call):
    """Where the call was made: file, line, the text of that line."""
    file, line = call.site
    return {"file": place(file), "line": line, "text": linecache.getline(file, line).strip()}


def _source(call, sources):
    """The key of the call's source in `sources`, which it joins; None without source."""
    key = f"{type(call.module).__name__}.{call.phase}"
    if key not in sources:
        sources[key] = source_of(call.module, call.phase)
    return key if sources[key] else None


def _values(trace, call, own, tensors):
    """The lists of named values of one call."""
    twin = call if call.phase == "forward" or call.twin is None else trace.calls[call.twin]
    cache = [[name, value if isinstance(value, str) else tensors.add(value)] for name, value in twin.fields]
    names, upstream = input_names(twin.module, len(twin.inputs)), upstream_name(call.module)
    if call.phase == "forward":
        noise = {name: value for name, value in call.noise.items() if value is not None}
        return {"inputs": _entries(tensors, [*names, *noise], [*call.inputs, *noise.values()]),
                "outputs": _entries(tensors, [_primal(upstream)], [call.outputs]), "cache": cache}
    return {"upstream": _entries(tensors, [upstream], call.inputs),
            "downstream": _entries(tensors, [f"d{name}" for name in names], mirrored(call.outputs, len(names))),
            "cache": cache,
            "parameters": [[name, tensors.add(to_numpy(own[name])), tensors.add(gradient)]
                           for name, gradient in call.gradients.items()]}


def _explained(explainer, frames, own, tensors):
    """Add to every frame what explains its numbers (see minisat/trace/why)."""
    calls = explainer.trace.calls
    own = {path: {name: tensors.add(to_numpy(value)) for name, value in values.items()} for path, values in own.items()}
    names = {call.index: explainer.names(call, frames[call.index], own[call.path]) for call in calls}
    for call in calls:
        frames[call.index] |= {
            "names": [[name, number] for name, number in names[call.index].items()],
            "inside": [[name, indices] for name, indices in explainer.inside.get(call.index, {}).items()],
            "place": list(explainer.place[call.index]) if call.index in explainer.place else None,
            "rules": explainer.lines(call, names, tensors.rows)}


def upstream_name(module):
    """What backward's author calls the gradient that comes in: dy, dstate, dloss."""
    return inspect.unwrap(type(module).backward).__code__.co_varnames[1]


def _primal(upstream):
    """The name of the output whose gradient is called `upstream`."""
    return upstream[1:] if upstream.startswith("d") and len(upstream) > 1 else "output"


def _entries(tensors, names, values):
    """[[name, tensor number or text]] of nested values: state[0], state[1]."""
    rows = []
    for name, value in zip(names, values):
        if isinstance(value, (tuple, list)):
            rows += _entries(tensors, [f"{name}[{i}]" for i in range(len(value))], value)
        elif hasattr(value, "dtype") or isinstance(value, (int, float)):
            rows.append([name, tensors.add(value)])
        else:
            rows.append([name, "none" if value is None else type(value).__name__])
    return rows


def _plain(verdict):
    """A Verdict as JSON holds it."""
    return {"ok": None if verdict.ok is None else bool(verdict.ok), "error": short(verdict.error),
            "tolerance": verdict.tolerance, "text": verdict.text,
            "tensors": [[name, short(error)] for name, error in verdict.tensors]}


def write_trace(path, document, arrays=None):
    """Write the document to `path` (.json), and `arrays`, where they are given, to an .npz of its name beside it."""
    path = Path(path)
    if arrays is not None:
        with whole_file(path.with_suffix(".npz")) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, **arrays)
    write_text(path, json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")


def read_trace(path):
    """The document in the file at `path`. UserError when it is no trace, damaged, or one of a later version."""
    document = read_json(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UserError(f"{path} is not a trace that `minisat trace record` wrote.")
    if not isinstance(document.get("version"), int) or document["version"] > VERSION:
        raise UserError(f"{path} is a trace of version {document.get('version')}; this minisat reads up to {VERSION}.")
    if damage := first_damage(document):
        raise UserError(f"{path} is damaged, or no trace: {damage}.")
    return document


def is_bad(document, frame):
    """Whether a frame gave a number that is not finite."""
    return _any_bad(document, frame, ("outputs",) if frame["phase"] == "forward" else ("downstream", "parameters"))


def was_given_bad(document, frame):
    """Whether a frame was given a number that is not finite: then it need not have made one."""
    return _any_bad(document, frame, ("inputs",) if frame["phase"] == "forward" else ("upstream", "cache"))


def _any_bad(document, frame, fields):
    return any(isinstance(number, int) and document["tensors"][number]["bad"] > 0
               for field in fields for _, *numbers in frame[field] for number in numbers[-1:])
