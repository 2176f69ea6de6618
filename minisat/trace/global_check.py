"""Is the gradient that reached this layer right?

The whole step again in float64, the layer's output nudged on the way, the loss watched. Every layer that a wrong
gradient has passed through on its way down fails: true, but it does not say who made the mistake.
"""

import copy

import numpy as np

from minisat.backend import to_numpy
from minisat.gradcheck import ROUNDING
from minisat.nn.nested import is_finite, is_float, leaves, mapped
from minisat.nn.watching import paths, watched
from minisat.trace.recording import as_double
from minisat.trace.verdict import Verdict

TOLERANCE = {"float64": 1e-6, "float32": 5e-3, "float16": 0.1}  # the recorded gradients have their own rounding
NUDGE = 1e-4                   # its length, in root mean squares of the activation
SHRINK = (1, 1 / 16, 1 / 256)  # smaller nudges, to get away from a kink
MOST_ALLOWED = 1e-2            # no smaller ones where rounding alone makes such a relative error
BEYOND_KINKS = 10              # a wrong gradient is further off than this many times what a kink can account for


def check_global(trace, rng=0):
    """{index of a backward call: Verdict}: the gradient that reached it against the loss, by nudging its output.

    The loss is what the outermost calls gave, weighed with the gradients that their backward was started with.
    """
    replay, rng = _Replay(trace), np.random.default_rng(rng)
    return {call.index: _verdict(replay, trace.calls[call.twin], call, rng) for call in trace.calls
            if call.phase == "backward" and call.twin is not None and call.ended is not None}


def _verdict(replay, forward, backward, rng):
    if replay.root_of(forward.index).phase == "backward":
        return Verdict(None, 0.0, 0.0, "Not checked: its forward pass was a part of a backward one.")
    if not is_finite((forward.inputs, forward.outputs, backward.inputs)):
        return Verdict(None, 0.0, 0.0, "Not checked: there are numbers that are not finite.")
    directions, analytic, size = [], 0.0, 0.0
    for y, dy in zip(leaves(forward.outputs), _spread(backward.inputs[0], forward.outputs)):
        v = None
        if is_float(y):
            v = rng.choice([-1.0, 1.0], np.shape(y))
            analytic += float(np.sum(np.asarray(dy, np.float64) * v))
            size += float(np.sum(np.square(np.asarray(dy, np.float64))))
        directions.append(v)
    activations = [np.asarray(y, np.float64) for y, v in zip(leaves(forward.outputs), directions) if v is not None]
    if not activations:
        return Verdict(None, 0.0, 0.0, "Nothing to nudge: its outputs are not numbers that move.")
    scale = max(float(np.sqrt(np.mean(np.concatenate([y.ravel() for y in activations]) ** 2))), 1e-3)
    length = NUDGE * scale / sum(y.size for y in activations) ** 0.5
    tolerance = TOLERANCE.get(str(forward_dtype(forward)), 5e-3)
    best = None
    for step in (length * shrink for shrink in SHRINK):
        slope = replay.difference(forward.index, directions, step, -step) / (2 * step)
        floor = max(abs(slope) + abs(analytic), size ** 0.5, 1e-4 * replay.size, 1e-300)
        error, allowed = float(abs(slope - analytic) / floor), float(tolerance + replay.rounding / (step * floor))
        if best is None or error / allowed < best[0] / best[1]:
            best = error, allowed, slope
        if error < allowed or allowed > MOST_ALLOWED:
            break
    error, allowed, numeric = best
    if not error < allowed:  # on a kink the slopes to the two sides differ
        right = replay.difference(forward.index, directions, step, 0.0) / step
        if error < BEYOND_KINKS * abs(right - slope) / floor:
            return Verdict(None, error, allowed, "Cannot tell: the loss has a kink here, its slopes to the two sides "
                           f"differ, and the gradient that came here says {analytic:.6g}.")
    text = (f"Along a random nudge of its output the loss {'changes' if error < allowed else 'really changes'} by "
            f"{numeric:.6g} per unit, and the gradient that came here says {analytic:.6g}.")
    return Verdict(error < allowed, error, allowed, text)


def forward_dtype(forward):
    """The dtype of a call's first float output: that of the whole step."""
    return next((np.asarray(y).dtype for y in leaves(forward.outputs) if is_float(y)), np.dtype("float64"))


class _Replay:
    """The recorded step again, in float64, with one call's output nudged on the way."""

    def __init__(self, trace):
        self.calls = trace.calls
        self.models = [copy.deepcopy(model).to("cpu").astype("float64") for model in trace.models]
        self.modules = dict(paths(*self.models))
        self.roots = [call for call in self.calls if call.parent is None and call.phase == "forward"
                      and call.twin is not None]
        self.rounding = ROUNDING * sum(
            float(np.sum(np.abs(np.asarray(dy) * y))) for root in self.roots for dy, y in zip(
                _spread(self.calls[root.twin].inputs[0], root.outputs), leaves(root.outputs)) if y is not None)
        self.size = max((float(np.sqrt(sum(np.sum(np.square(np.asarray(dy, np.float64)))
                                           for dy in leaves(self.calls[root.twin].inputs[0]) if dy is not None)))
                         for root in self.roots), default=0.0)

    def root_of(self, index):
        """The outermost call around a call."""
        root = self.calls[index]
        while root.parent is not None:
            root = self.calls[root.parent]
        return root

    def difference(self, index, directions, one, other):
        """L(output + one · v) − L(output + other · v), for the output of forward call `index`."""
        root = self.root_of(index)
        if root.twin is None:
            return 0.0
        after, before = (self._run(root, index, directions, step) for step in (one, other))
        return sum(float(np.sum(np.asarray(dy) * (a - b))) for dy, a, b in zip(
            _spread(self.calls[root.twin].inputs[0], root.outputs), after, before) if a is not None)

    def _run(self, root, index, directions, step):
        """The leaves of the root's outputs; the n-th forward call inside is the n-th that was recorded."""
        recorded = iter([call.index for call in self.calls[root.index:] if call.phase == "forward"])

        def nudged(method, path, module, phase):
            def call(*inputs, **noise):
                here = next(recorded)
                outputs, cache = method(*inputs, **noise)
                return (_nudged(outputs, directions, step) if here == index else outputs), cache
            return call if phase == "forward" else method
        model = self.modules[root.path]
        with watched(nudged, model):
            outputs, _ = model.forward(*as_double(root.inputs), **as_double(root.noise))
        return [to_numpy(y).copy() if hasattr(y, "dtype") else None if y is None else np.asarray(y)
                for y in leaves(outputs)]


def _nudged(outputs, directions, step):
    """The nested outputs, each array moved by `step` along its direction."""
    remaining = iter(directions)

    def moved(y):
        direction = next(remaining)
        return y if direction is None else y + step * direction
    return mapped(moved, outputs)


def _spread(upstream, outputs):
    """The leaves of an upstream gradient, one for each leaf of the outputs; None stands for zeros."""
    if isinstance(outputs, (tuple, list)):
        parts = upstream if isinstance(upstream, (tuple, list)) else (upstream,) * len(outputs)
        return [leaf for part, entry in zip(parts, outputs) for leaf in _spread(part, entry)]
    return [0.0 if upstream is None else upstream]
