"""Is this layer's own backward right?

The layer alone, forward and backward run again in float64 from the recorded inputs, its gradients held against numeric
ones of Σ upstream · outputs, with the recorded upstream gradient. Only a layer whose own backward is wrong fails, and
those around it: this check says who made a mistake. It sees what the step exercises, and no more: a mask that is
forgotten shows where there is padding. The loss's own gradient is 1 in every step, which would hide a backward pass
that forgets it, so in its place comes another number.

Of a small layer that fails, and in which nothing else does, every entry is nudged: what its gradients should be, and
what the wrong ones have in common with them (see minisat/diagnosis.py), stands beside them.
"""

import numpy as np

from minisat.diagnosis import patterns
from minisat.gradcheck import check, input_names
from minisat.nn import Module
from minisat.nn.nested import is_finite, is_float, leaves, mapped
from minisat.nn.watching import paths
from minisat.trace.recording import as_double
from minisat.trace.verdict import Verdict

TOLERANCE = 1e-5  # more than for single layers: a whole captioner sums many roundings
DIRECTIONS = 4  # along which each tensor is checked
ASIDE = 1e-5    # how far inputs are moved off a kink, in their root mean squares
DLOSS = 0.5     # in the place of an upstream gradient of 1
SMALL = 3000    # a wrong layer with at most so many inputs and parameters is held against numbers entry by entry


def check_local(trace):
    """{index of a backward call: Verdict}: each layer's own backward against numbers."""
    modules, found = dict(paths(*trace.models)), {}
    for call in reversed(trace.calls):  # the calls inside a call before itself
        if call.phase == "backward" and call.twin is not None and call.ended is not None:
            blamed = any(verdict.ok is False and trace.calls[i].parent == call.index for i, verdict in found.items())
            found[call.index] = _verdict(modules[call.path], trace.calls[call.twin], call, blamed)
    return dict(sorted(found.items()))


def _verdict(module, forward, backward, blamed):
    """The Verdict on a call; `blamed`: whether a call inside it is wrong, which then explains it."""
    if not is_finite((forward.inputs, backward.inputs)):
        return Verdict(None, 0.0, TOLERANCE, "Not checked: it was given numbers that are not finite.")
    layer = _OneCall(module, forward, backward)
    report = _report(layer, backward)
    if report.problems == ["There is nothing to check: no float input and no parameter."]:
        return Verdict(None, 0.0, TOLERANCE, "Nothing to check: no input has a gradient, and no parameter.")
    moved = ""
    if any(tensor.excluded for tensor in report.tensors):  # where a max-pool sees equal pixels, say
        layer.step_aside(np.random.default_rng(0))
        report, moved = _report(layer, backward), " (Checked a little beside the recorded inputs: these sit on a kink.)"
    if not report.ok and _upstream(backward) is DLOSS:
        moved += f" (Checked with an upstream gradient of {DLOSS:g}: one of 1 does not show whether it is used.)"
    rows = tuple((layer.named(tensor.name), tensor.error) for tensor in report.tensors)
    error = max((error for _, error in rows), default=0.0)
    wrong = any(not tensor.error < TOLERANCE for tensor in report.tensors)
    kinks = report.problems and all("kink" in problem for problem in report.problems)
    numbers = _numbers(layer, backward) if wrong and not blamed else ()
    return Verdict(None if kinks and not wrong else report.ok, error, TOLERANCE,
                   _in_its_words(report, layer) + moved, rows, numbers)


def _numbers(layer, backward):
    """Verdict.numbers: every entry of a small layer nudged."""
    inputs = layer.free_inputs()
    if sum(np.size(x) for x in leaves(inputs)) + sum(p.data.size for p in layer.parameters()) > SMALL:
        return ()
    upstream = _upstream(backward)
    report = check(layer, *inputs, tolerance=TOLERANCE, upstream=upstream)
    said = patterns(report, layer.module, (layer.arguments, list(layer.given.values())))
    return tuple((layer.named(tensor.name), report.slopes[tensor.name][1] / (DLOSS if upstream is DLOSS else 1.0),
                  said.get(tensor.name, "")) for tensor in report.tensors
                 if not tensor.error < TOLERANCE and tensor.name in report.slopes)


def _report(layer, backward):
    return check(layer, *layer.free_inputs(), tolerance=TOLERANCE, directions=DIRECTIONS, upstream=_upstream(backward))


def _upstream(backward):
    """The recorded upstream gradient, or DLOSS where it is a plain 1."""
    dy = backward.inputs[0]
    return DLOSS if not isinstance(dy, (tuple, list)) and np.ndim(dy) == 0 and dy == 1 else dy


def _in_its_words(report, layer):
    """The report's explanation, with the names that the layer's author gave."""
    text = report.explain().removeprefix("_OneCall: ").replace("all gradients", "All gradients").replace("module.", "")
    for name in {tensor.name for tensor in report.tensors}:
        text = text.replace(f"{name} (", f"{layer.named(name)} (").replace(f"{name}:", f"{layer.named(name)}:")
    return text


class _OneCall(Module):
    """A recorded call as a layer of its own: its inputs are those that got a gradient, all else is held still."""

    def __init__(self, module, forward, backward):
        self.module = module
        self.arguments, self.given = [as_double(x) for x in forward.inputs], forward.noise
        gradients = mirrored(backward.outputs, len(forward.inputs))
        self.free = [i for i, (x, dx) in enumerate(zip(forward.inputs, gradients)) if _whole(x, dx)]
        self.names = input_names(module, len(forward.inputs))

    def free_inputs(self):
        """The inputs that have a gradient."""
        return [self.arguments[i] for i in self.free]

    def step_aside(self, rng):
        """Move the free inputs by very little, so that no two numbers are equal by design."""
        for i in self.free:
            self.arguments[i] = _moved(self.arguments[i], rng)

    def named(self, name):
        """The checker's name of a tensor as the layer's author would say it."""
        if name.startswith("module."):
            return name.removeprefix("module.")
        first, *rest = name.split(".")[1:]
        return self.names[self.free[int(first)]] + "".join(f"[{i}]" for i in rest)

    def forward(self, *free):
        arguments = list(self.arguments)
        for i, x in zip(self.free, free):
            arguments[i] = x
        return self.module.forward(*arguments, **as_double(self.given))

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


def _whole(x, dx):
    """Whether every array of an input holds floats and has a gradient."""
    return all(map(is_float, leaves(x))) and all(leaf is not None for leaf in leaves(dx))


def _moved(tree, rng):
    return mapped(lambda x: x + ASIDE * np.sqrt(np.mean(np.square(x))) * rng.standard_normal(np.shape(x)), tree)
