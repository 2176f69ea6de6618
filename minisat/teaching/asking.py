"""How a learner's own functions are asked: called with small inputs, compared, held against numbers.

A lesson's or a stage's checks.py does it with these. Whatever is not right yet ends in one sentence, `Wrong`.
"""

import inspect

import numpy as np

from minisat.diagnosis import diagnose
from minisat.nn import Module, Parameter
from minisat.nn.nested import mapped


class Wrong(Exception):
    """Work that is not right yet: a sentence that says what is off."""


class Work:
    """The names of a learner's file, or Wrong where one is missing: `work.encode(captions, words)`."""

    def __init__(self, module, file):
        self._module, self._file = module, file

    def __getattr__(self, name):
        if not hasattr(self._module, name):
            raise Wrong(f"There is no {name} in {self._file} yet.")
        return getattr(self._module, name)


def wrong_unless(condition, sentence):
    """Wrong with that sentence, unless the condition holds."""
    if not condition:
        raise Wrong(sentence)


def fixed(value):
    """A copy of `value`, arrays in tuples, lists and dicts, whose arrays cannot be changed."""
    return mapped(_read_only, value)


def parts(what, outcome, count):
    """`outcome` as a tuple of `count`, or Wrong: what a function returns that has several things to say."""
    wrong_unless(isinstance(outcome, (tuple, list)) and len(outcome) == count,
                 f"{what} is to return {count} things; it returns "
                 + (f"{len(outcome)}." if isinstance(outcome, (tuple, list)) else f"{_kind(outcome)}."))
    return tuple(outcome)


def agree(what, found, wanted, tolerance=1e-9, **context):
    """Wrong unless the array or number `found` is `wanted`, to within `tolerance` of its largest number.

    `context` is what `diagnose` may know: ids, masks, gates.
    """
    wrong_unless(found is not None, f"{what} is None: does the function return it?")
    try:
        found = np.asarray(found, float)
    except (TypeError, ValueError):
        raise Wrong(f"{what} is to be an array of numbers, not {_kind(found)}.") from None
    wanted = np.asarray(wanted, float)
    if found.shape != wanted.shape:
        turned = found.ndim > 1 and found.shape == wanted.shape[::-1]
        raise Wrong(f"{what} has the shape {found.shape} and should have {wanted.shape}"
                    + (": its axes are swapped." if turned else "."))
    off = np.abs(found - wanted)
    if not (off <= tolerance * max(1.0, np.abs(wanted).max(initial=0.0))).all():
        place = np.unravel_index(np.argmax(np.where(np.isnan(off), np.inf, off)), off.shape)
        where = f"at {[int(i) for i in place]} " if found.ndim else ""
        pattern = diagnose(found, wanted, **context)
        raise Wrong(f"{what} is not right: {where}it is {found[place]:.6g} and should be {wanted[place]:.6g}."
                    + (f" {pattern}" if pattern else ""))


class Pair(Module):
    """A learner's two functions as one layer, for gradcheck.

    `forward(*inputs, p) → outputs …, cache` and `backward(*upstream, cache, p, grads) → input gradients …`, as many as
    there are inputs, where p and grads are dicts of arrays by name. `p` {name: array} are its parameters; `answers`
    says how many outputs there are, `gates` into how many the parameters' columns fall.
    """

    def __init__(self, name, forward, backward, p, answers=1, gates=0):
        self._name, self._forward, self._backward, self._answers = name, forward, backward, answers
        self.written = {"forward": forward, "backward": backward}  # what a stepper shows as its source
        self.gates = gates
        self._names = tuple(p)
        for each, array in p.items():
            setattr(self, each, Parameter(np.array(array, float)))

    def forward(self, *inputs):
        """What the learner's forward returns, and its cache."""
        p = {name: getattr(self, name).data for name in self._names}
        outcome = parts(self._name, self._forward(*inputs, p), self._answers + 1)
        return (outcome[0] if self._answers == 1 else outcome[:-1]), outcome[-1]

    def backward(self, upstream, cache):
        """What the learner's backward returns; what it adds to grads is added to the parameters' gradients."""
        p = {name: getattr(self, name).data for name in self._names}
        grads = {name: getattr(self, name).grad for name in self._names}
        outcome = self._backward(*(upstream if self._answers > 1 else (upstream,)), cache, p, grads)
        for name in self._names:
            getattr(self, name).grad[...] = grads[name]  # it may have put another array there
        return outcome

    def name_inputs(self, report):
        """Give the inputs in gradcheck's `report` the names that the learner's forward gives them."""
        for i, name in enumerate(inspect.signature(self._forward).parameters):
            report.tensors = [row._replace(name=name) if row.name == f"inputs.{i}" else row for row in report.tensors]
            report.problems = [problem.replace(f"inputs.{i}", name) for problem in report.problems]
            if f"inputs.{i}" in report.slopes:
                report.slopes[name] = report.slopes.pop(f"inputs.{i}")


def _read_only(leaf):
    if isinstance(leaf, np.ndarray):
        leaf = leaf.copy()
        leaf.setflags(write=False)
    return leaf


def _kind(value):
    return "None" if value is None else f"one {type(value).__name__}"
