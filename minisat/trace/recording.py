"""Record every forward and backward call of a model from outside: the layers know nothing of it.

    with trace(objective) as t:
        loss, cache = objective.forward(features, ids, lengths, rng=rng)
        objective.backward(1.0, cache)
    t.calls  # in the order in which they began
"""

import copy
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minisat.backend import to_numpy
from minisat.errors import UserError
from minisat.nn import Parameter, Transposed
from minisat.nn.cell import Cell
from minisat.nn.nested import is_array, is_float, leaves, mapped
from minisat.nn.watching import watched

LEARNT = (Parameter, Transposed)  # what a backward call adds gradients to: a layer's own, or another's that it shares


@dataclass
class Call:
    """One call of a layer's forward or backward. Arrays are copies on the host, as they were at that moment."""

    index: int
    path: str                 # the module's dotted name; the outermost one goes by its class
    module: Any
    phase: str                # "forward" or "backward"
    parent: int | None        # the call inside which it happened
    site: tuple               # (file, line) where it was called
    inputs: tuple             # forward's arguments; backward's upstream gradient, alone
    noise: dict               # what forward was given by name
    outputs: Any = None       # forward's outputs, or the input gradients
    fields: list = field(default_factory=list)     # (name, array or text) of the cache
    gradients: dict = field(default_factory=dict)  # {own parameter: what this backward call added to its gradient}
    twin: int | None = None   # the forward call whose cache this backward call was given, and the reverse
    ended: int | None = None  # how many calls had ended before it; None when an exception ended it
    seconds: float = 0.0      # recording the calls inside included
    ran: set = field(default_factory=set)          # code of the functions that it called, but for calls inside


class Trace:
    """What `trace` yields: `calls`, and `model`, a copy of each module as it was when recording began."""

    def __init__(self, modules):
        self.modules = modules
        self.models = copy.deepcopy(modules)
        self.calls = []
        self._open, self._ended, self._caches = [], 0, {}

    def wrapped(self, method, path, module, phase):
        """What is called in the place of `method` while recording."""
        def call(*inputs, **noise):
            frame = sys._getframe(1)
            record = Call(len(self.calls), path, module, phase, self._open[-1] if self._open else None,
                          (frame.f_code.co_filename, frame.f_lineno),
                          snapshot(inputs[:1] if phase == "backward" else inputs), snapshot(noise))
            self.calls.append(record)
            self._open.append(record.index)
            if phase == "backward":
                self._pair(record, noise["cache"] if "cache" in noise else inputs[-1])
            own = {name: value for name, value in vars(module).items() if isinstance(value, LEARNT)}
            before = {name: to_numpy(value.grad).copy() for name, value in own.items() if phase == "backward"}
            started = time.perf_counter()
            try:
                result = method(*inputs, **noise)
            finally:
                record.seconds = time.perf_counter() - started
                self._open.pop()
            if phase == "forward":
                outputs, cache = result
                alone = next(module.named_modules(), None) is None
                record.outputs, record.fields = snapshot(outputs), cache_fields(cache, alone)
                # kept alive, so that the id stays its own; a layer may hand on the cache of the one inside it
                self._caches[id(module), id(cache)] = (cache, record.index)
            else:
                record.outputs = snapshot(result)
                record.gradients = {name: to_numpy(own[name].grad) - grad for name, grad in before.items()}
            record.ended, self._ended = self._ended, self._ended + 1
            return result
        return call

    def hear(self, frame, event, _):
        """A profiler's ear: note which function is run, and for what has a twin the reference."""
        if event == "call" and self._open:
            code = frame.f_code
            if "reference" in code.co_freevars:
                code = getattr(frame.f_locals.get("reference"), "__code__", code)
            self.calls[self._open[-1]].ran.add(code)

    def _pair(self, record, cache):
        """Find the forward call that made this cache."""
        kept, index = self._caches.get((id(record.module), id(cache)), (None, None))
        if kept is cache and index is not None:
            record.twin, self.calls[index].twin = index, record.index

    # -- what is asked of a finished recording

    def time_steps(self):
        """[t of each call, or None]: which round of its recurrence a call belongs to.

        A recurrence is a module that is called several times inside one call and is given what it made the
        time before. Calls that happen as often beside it share its rounds, calls inside share their parent's;
        a backward call has the round of its twin.
        """
        steps, inside = [None] * len(self.calls), {}
        for call in self.calls:
            inside.setdefault(call.parent, []).append(call)
        for parent, children in inside.items():  # parents before their children, as they were called
            rounds = {}
            for call in children:
                if call.phase == "forward":
                    rounds.setdefault(id(call.module), []).append(call)
            counts = {len(calls) for calls in rounds.values() if _recurrent(calls)}
            for calls in rounds.values():
                if len(calls) in counts:
                    for t, call in enumerate(calls):
                        steps[call.index] = t
            for call in children:
                if call.phase == "backward" and call.twin is not None:
                    steps[call.index] = steps[call.twin]
                if steps[call.index] is None and parent is not None:
                    steps[call.index] = steps[parent]
        return steps


@contextmanager
def trace(*modules):
    """Record the calls of the modules, and of all modules inside, while the `with` block runs; yields a Trace.

    Their wrappers are taken off afterwards, also when an exception ends the block: what was recorded until
    then stays. Nothing costs anything outside the block. UserError for a fast twin: it has no layer calls.
    """
    for module in modules:
        for each in (module, *(inner for _, inner in module.named_modules())):
            if hasattr(each, "reference") and type(each.reference()) is not type(each):
                raise UserError(f"{type(each).__name__} is a fast twin and computes without calling layers, so "
                                f"there is nothing to record: trace {type(module).__name__}.reference() instead.")
    recording, before = Trace(modules), sys.getprofile()
    with watched(recording.wrapped, *modules):
        sys.setprofile(recording.hear)
        try:
            yield recording
        finally:
            sys.setprofile(before)


def snapshot(tree):
    """A copy of nested arrays on the host; generators in their present state; other things as they are."""
    def copied(leaf):
        if isinstance(leaf, np.random.Generator):
            return copy.deepcopy(leaf)
        return to_numpy(leaf).copy() if is_array(leaf) else leaf
    return mapped(copied, tree)


def as_double(tree):
    """The same nesting, floats as float64; generators in the state in which they were given."""
    return mapped(lambda leaf: leaf.astype(np.float64) if is_float(leaf) else snapshot(leaf), tree)


def cache_fields(cache, alone=False):
    """[(field, copy of an array, or a few words)] of a cache; the caches of inner layers are only named.

    A cache inside that of a layer which is `alone`, with no layer inside, is its own too: its fields follow.
    """
    names = getattr(cache, "_fields", None) or [str(i) for i in range(len(cache or ()))]
    found = [(name, _remembered(value)) for name, value in zip(names, cache or ())]
    for value in cache or () if alone else ():
        if hasattr(value, "_fields"):
            found += cache_fields(value, alone)
    return found


def _remembered(value):
    if hasattr(value, "_fields"):
        return type(value).__name__
    if isinstance(value, (tuple, list)):
        kinds = sorted({type(entry).__name__ for entry in value})
        plain = all(isinstance(entry, (int, float, str, np.integer)) for entry in value)
        return str(tuple(value)) if plain else f"{len(value)} × {' or '.join(kinds)}"
    return snapshot(value) if is_array(value) else str(value)


def _recurrent(calls):
    """Whether each call was given what the one before it made (by value: copies have no identity), or is a cell's."""
    def arrays(tree):
        return [leaf for leaf in leaves(tree) if is_float(leaf) and leaf.ndim]
    return len(calls) > 1 and (isinstance(calls[0].module, Cell) or all(
        any(x.shape == y.shape and np.array_equal(x, y) for x in arrays(after.inputs) for y in arrays(before.outputs))
        for before, after in zip(calls, calls[1:])))
