"""Two questions at every backward call of a trace: is this layer's own backward right, and is what reached it right?

*Local*: the layer alone, forward and backward run again in float64 from the recorded inputs, its gradients held
against numeric ones of Σ upstream · outputs, with the recorded upstream gradient. Only a layer whose own backward is
wrong fails, and those around it.

*Global*: the whole step again in float64, the layer's output nudged on the way, the loss watched. Every layer that a
wrong gradient has passed through on its way down fails: true, but it does not say who made it.
"""

import copy
from typing import NamedTuple

import numpy as np

from minisat.backend import to_numpy
from minisat.gradcheck import check
from minisat.nn import Module
from minisat.trace.recording import snapshot

LOCAL_TOLERANCE = 1e-6
GLOBAL_TOLERANCE = {"float64": 1e-6, "float32": 5e-3, "float16": 0.1}  # the recorded gradients have their own rounding
DIRECTIONS = 4      # along which each tensor is checked locally
NUDGE = 1e-4        # length of a global nudge, in root mean squares of the activation
SHRINK = (1, 1 / 16, 1 / 256)  # smaller nudges, to get away from a kink


class Verdict(NamedTuple):
    """What a check says. `ok` is None where it cannot tell (a kink, or nothing to check)."""

    ok: bool | None
    error: float       # relative
    tolerance: float
    text: str          # one sentence
    tensors: tuple = ()  # (name, error) of a local check


# -- local


def check_local(trace):
    """{index of a backward call: Verdict}: each layer's own backward against numbers."""
    modules = _by_path(trace)
    return {call.index: _local(modules[call.path], trace.calls[call.twin], call) for call in trace.calls
            if call.phase == "backward" and call.twin is not None and call.ended is not None}


def _by_path(trace):
    """{path: module} of the copies that the trace made of its models."""
    return {path: module for root in trace.models
            for path, module in ((type(root).__name__, root), *root.named_modules())}


def _local(module, forward, backward):
    if not _finite((forward.inputs, backward.inputs)):
        return Verdict(None, 0.0, LOCAL_TOLERANCE, "Not checked: it was given numbers that are not finite.")
    layer = _OneCall(module, forward, backward)
    free = layer.free_inputs()
    report = check(layer, *free, tolerance=LOCAL_TOLERANCE, directions=DIRECTIONS, upstream=backward.inputs[0])
    nothing = len(report.problems) == 1 and report.problems[0].startswith("There is nothing to check")
    kinks = report.problems and all("kink" in problem for problem in report.problems)
    wrong = any(not tensor.error < LOCAL_TOLERANCE for tensor in report.tensors)
    rows = tuple((layer.named(tensor.name), tensor.error) for tensor in report.tensors)
    error = max((error for _, error in rows), default=0.0)
    text = report.explain().removeprefix("_OneCall: ")
    for name in {tensor.name for tensor in report.tensors}:
        text = text.replace(f"{name} (", f"{layer.named(name)} (").replace(f"{name}:", f"{layer.named(name)}:")
    if nothing:
        return Verdict(None, 0.0, LOCAL_TOLERANCE, "Nothing to check: no input has a gradient, and no parameter.")
    if kinks and not wrong:
        return Verdict(None, error, LOCAL_TOLERANCE, text, rows)
    return Verdict(report.ok, error, LOCAL_TOLERANCE, text[0].upper() + text[1:], rows)


class _OneCall(Module):
    """A recorded call as a layer of its own: its inputs are those that got a gradient, all else is held still."""

    def __init__(self, module, forward, backward):
        self.module = module
        self.arguments, self.given = [_double(x) for x in forward.inputs], forward.noise
        gradients = mirrored(backward.outputs, len(forward.inputs))
        self.free = [i for i, (x, dx) in enumerate(zip(forward.inputs, gradients)) if _whole(x, dx)]
        self.names = argument_names(module, len(forward.inputs))

    def free_inputs(self):
        """The inputs that have a gradient."""
        return [self.arguments[i] for i in self.free]

    def named(self, name):
        """The checker's name of a tensor as the layer's author would say it."""
        if name.startswith("module."):
            return name.removeprefix("module.")
        first, *rest = name.split(".")[1:]
        return ".".join([self.names[self.free[int(first)]], *rest])

    def forward(self, *free):
        arguments = list(self.arguments)
        for i, x in zip(self.free, free):
            arguments[i] = x
        return self.module.forward(*arguments, **_fresh(self.given))

    def backward(self, upstream, cache):
        gradients = mirrored(self.module.backward(upstream, cache), len(self.arguments))
        return tuple(gradients[i] for i in self.free)


def mirrored(gradients, count):
    """Backward's result as a tuple with one entry for each input."""
    if isinstance(gradients, tuple) and len(gradients) == count and count != 1:
        return gradients
    if count == 1:
        return gradients if isinstance(gradients, tuple) and len(gradients) == 1 else (gradients,)
    return (None,) * count if gradients is None else tuple(gradients)[:count]


def argument_names(module, count):
    """The names of forward's first `count` arguments, as its author wrote them."""
    code = type(module).forward.__code__
    names = list(code.co_varnames[1:code.co_argcount])
    rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount] if code.co_flags & 0x04 else "input"
    return (names + [f"{rest}.{i}" for i in range(count)])[:count]


def _whole(x, dx):
    """Whether every array of an input holds floats and has a gradient."""
    if isinstance(x, (tuple, list)):
        return dx is not None and all(_whole(a, b) for a, b in zip(x, dx))
    return dx is not None and hasattr(x, "dtype") and x.dtype.kind == "f"


def _fresh(noise):
    """What was given by name, generators in the state in which they were given."""
    return {name: snapshot(value) if isinstance(value, np.random.Generator) else _double(value)
            for name, value in noise.items()}


def _double(value):
    """Nested arrays, floats as float64."""
    if isinstance(value, (tuple, list)):
        entries = [_double(entry) for entry in value]
        return type(value)(*entries) if hasattr(value, "_fields") else tuple(entries)
    return value.astype(np.float64) if hasattr(value, "dtype") and value.dtype.kind == "f" else value


def _finite(value):
    """Whether every float in nested arrays is finite."""
    if isinstance(value, (tuple, list)):
        return all(_finite(entry) for entry in value)
    return value is None or not hasattr(value, "dtype") or value.dtype.kind != "f" or bool(np.isfinite(value).all())


# -- global


def check_global(trace, rng=0):
    """{index of a backward call: Verdict}: the gradient that reached it against the loss, by nudging its output.

    The loss is what the outermost calls gave, weighed with the gradients that their backward was started with.
    """
    replay, rng = _Replay(trace), np.random.default_rng(rng)
    return {call.index: _global(replay, trace.calls[call.twin], call, rng) for call in trace.calls
            if call.phase == "backward" and call.twin is not None and call.ended is not None}


def _global(replay, forward, backward, rng):
    if not _finite((forward.inputs, forward.outputs, backward.inputs)):
        return Verdict(None, 0.0, 0.0, "Not checked: there are numbers that are not finite.")
    directions, analytic, size = [], 0.0, 0.0
    for y, dy in zip(_leaves(forward.outputs), _spread(backward.inputs[0], forward.outputs)):
        v = None
        if hasattr(y, "dtype") and np.asarray(y).dtype.kind == "f":
            v = rng.choice([-1.0, 1.0], np.shape(y))
            analytic += float(np.sum(np.asarray(dy, np.float64) * v))
            size += float(np.sum(np.square(np.asarray(dy, np.float64))))
        directions.append(v)
    activations = [np.asarray(y, np.float64) for y, v in zip(_leaves(forward.outputs), directions) if v is not None]
    if not activations:
        return Verdict(None, 0.0, 0.0, "Nothing to nudge: its outputs are not numbers that move.")
    tolerance = GLOBAL_TOLERANCE.get(str(forward_dtype(forward)), 5e-3)
    scale = max(float(np.sqrt(np.mean(np.concatenate([y.ravel() for y in activations]) ** 2))), 1e-3)
    entries = sum(y.size for y in activations)
    best, numeric = np.inf, 0.0
    for shrink in SHRINK:
        step = NUDGE * scale * shrink / entries ** 0.5
        slope = replay.difference(forward.index, directions, step) / (2 * step)
        floor = max(abs(slope) + abs(analytic), size ** 0.5, 1e-4 * replay.size)
        error = abs(slope - analytic) / floor if floor > 0 else 0.0
        if error < best:
            best, numeric = error, slope
        if best < tolerance:
            break
    ok = best < tolerance
    text = (f"Along a random nudge of its output the loss {'changes' if ok else 'really changes'} by {numeric:.6g} per "
            f"unit, and the gradient that came here says {analytic:.6g}.")
    return Verdict(ok, float(best), tolerance, text)


def forward_dtype(forward):
    """The dtype of a call's first float output: that of the whole step."""
    return next((np.asarray(y).dtype for y in _leaves(forward.outputs)
                 if hasattr(y, "dtype") and y.dtype.kind == "f"), np.dtype("float64"))


class _Replay:
    """The recorded step again, in float64, with one call's output nudged on the way."""

    def __init__(self, trace):
        self.calls = trace.calls
        self.models = [copy.deepcopy(model).to("cpu").astype("float64") for model in trace.models]
        self.modules = {path: module for root in self.models
                        for path, module in ((type(root).__name__, root), *root.named_modules())}
        self.roots = [call for call in self.calls if call.parent is None and call.phase == "forward"
                      and call.twin is not None]
        self.size = max((float(np.sqrt(sum(np.sum(np.square(np.asarray(dy, np.float64)))
                                           for dy in _leaves(self.calls[root.twin].inputs[0]) if dy is not None)))
                         for root in self.roots), default=0.0)

    def difference(self, index, directions, step):
        """L(output + step v) − L(output − step v), for the output of forward call `index`."""
        root = self.calls[index]
        while root.parent is not None:
            root = self.calls[root.parent]
        if root.twin is None:
            return 0.0
        after, before = (self._run(root, index, directions, sign * step) for sign in (1, -1))
        return sum(float(np.sum(np.asarray(dy) * (a - b))) for dy, a, b in zip(
            _spread(self.calls[root.twin].inputs[0], root.outputs), after, before) if a is not None)

    def _run(self, root, index, directions, step):
        """The leaves of the root's outputs; the n-th forward call inside is the n-th that was recorded."""
        recorded = iter([call.index for call in self.calls[root.index:] if call.phase == "forward"])
        undo = []

        def watched(method):
            def call(*inputs, **noise):
                here = next(recorded)
                outputs, cache = method(*inputs, **noise)
                return (_nudged(outputs, directions, step) if here == index else outputs), cache
            return call
        model = self.modules[root.path]
        for module in (model, *(inner for _, inner in model.named_modules())):
            undo.append((module, vars(module).get("forward")))
            module.forward = watched(module.forward)
        try:
            outputs, _ = model.forward(*_double(root.inputs), **_fresh(root.noise))
        finally:
            for module, before in undo:
                if before is None:
                    del module.forward
                else:
                    module.forward = before
        return [to_numpy(y).copy() if hasattr(y, "dtype") else None if y is None else np.asarray(y)
                for y in _leaves(outputs)]


def _nudged(outputs, directions, step):
    """The nested outputs, each array moved by `step` along its direction."""
    remaining = iter(directions)

    def walk(value):
        if isinstance(value, (tuple, list)):
            return tuple(walk(entry) for entry in value)
        direction = next(remaining)
        return value if direction is None else value + step * direction
    return walk(outputs)


def _leaves(tree):
    """The leaves of nested tuples and lists."""
    if isinstance(tree, (tuple, list)):
        for entry in tree:
            yield from _leaves(entry)
    else:
        yield tree


def _spread(upstream, outputs):
    """The leaves of an upstream gradient, one for each leaf of the outputs; None stands for zeros."""
    if isinstance(outputs, (tuple, list)):
        parts = upstream if isinstance(upstream, (tuple, list)) else (upstream,) * len(outputs)
        return [leaf for part, entry in zip(parts, outputs) for leaf in _spread(part, entry)]
    return [0.0 if upstream is None else upstream]
