"""The rules of a recording: every call gets the names of its tensors, its place among other calls, its formulas."""

import json
from typing import Any, NamedTuple

from minisat.nn import Buffer
from minisat.nn.nested import leaves
from minisat.trace.local_check import mirrored
from minisat.trace.recording import LEARNT
from minisat.trace.why import captioners, cells, images, layers, losses, transformers, word_vectors
from minisat.trace.why.binding import bound
from minisat.trace.why.tables import Rules

TABLES = (layers, cells, images, losses, captioners, transformers, word_vectors)
RULES = {kind: rules for table in TABLES for kind, rules in table.RULES.items()}


class Part(NamedTuple):
    """A call inside another, as the rules of that other name it: `at` is relu[1], say."""

    at: str
    call: Any
    input: str   # the name of its first input
    output: str  # … and output


class Explainer:
    """What the calls of one Trace are explained by."""

    def __init__(self, trace):
        self.trace, self._rules, self._bound = trace, {}, {}
        self.table = []   # [bound lines], each once
        self.inside = {}  # {a call's index: {name of a layer inside: [its calls, in the order of their forward calls]}}
        self.place = {}   # {a call's index: (its name, its number) inside the call around it}
        for call in trace.calls:
            if call.parent is not None and call.phase == "forward":
                around = trace.calls[call.parent]
                name = self._name(around, call) + ("_forward" if around.phase == "backward" else "")
                self._put(around.index, name, call.index)
        for call in trace.calls:  # a backward call has the number of its twin
            if call.parent is not None and call.phase == "backward" and call.twin in self.place:
                name, number = self.place[call.twin]
                self._put(call.parent, name, call.index, number)

    def _name(self, around, call):
        for name, module in around.module.named_modules():
            if module is call.module:
                return name
        return call.path

    def _put(self, around, name, index, number=None):
        calls = self.inside.setdefault(around, {}).setdefault(name, [])
        number = len(calls) if number is None else number
        calls += [None] * (number + 1 - len(calls))
        calls[number] = index
        self.place[index] = (name, number)

    def rules(self, call):
        """The Rules of a call's layer, made for this call; None where its class has none."""
        forward = call if call.phase == "forward" else None if call.twin is None else self.trace.calls[call.twin]
        if forward is None or forward.ended is None:
            return None
        if forward.index not in self._rules:
            found = rules_of(type(call.module))
            self._rules[forward.index] = (found if found is None or isinstance(found, Rules) else
                                          _tried(found, forward.module, forward, _Inside(self, forward)))
        return self._rules[forward.index]

    def names(self, call, frame, values):
        """{name: number of its tensor} of all that a call's rules can name. `values` {name: number} are the layer's."""
        rules = self.rules(call)
        if rules is None:
            return {}
        twin = call if call.phase == "forward" else self.trace.calls[call.twin]
        found = {}
        if call.phase == "forward":
            given = len(leaves(call.inputs))
            _take(found, rules.inputs, frame["inputs"][:given])
            _take(found, rules.outputs, frame["outputs"])
        else:
            _take(found, [f"d{name}" for name in rules.outputs], frame["upstream"])
            _take(found, _downstream(rules.inputs, twin.inputs, call.outputs), frame["downstream"])
            found |= {f"d{name}": number for name, _, number in frame["parameters"]}
        for name, number in (*frame["cache"], *values.items()):
            if isinstance(number, int):
                found.setdefault(name, number)
        if call.phase == "forward":
            for name, number in frame["inputs"][given:]:
                if isinstance(number, int):
                    found[f"given_{name}" if name in found else name] = number
        return found

    def lines(self, call, names, tensors):
        """The number, in `table`, of the bound lines of a call; None where there are none. `names`: of all calls."""
        rules = self.rules(call)
        if rules is None or call.ended is None:
            return None

        def shapes(index):
            return {name: tuple(tensors[number]["shape"]) for name, number in names[index].items()}
        inside = {name: [shapes(index) if index is not None else {} for index in calls]
                  for name, calls in self.inside.get(call.index, {}).items()}
        lines, constants = rules.lines(call.phase), rules.constants(call.module)
        key = repr((lines, constants, sorted(shapes(call.index).items()), sorted(inside.items())))
        if key not in self._bound:
            made = _tried(bound, lines, shapes(call.index), inside, constants)
            if made is None:
                return None
            text = json.dumps(made)
            number = next((i for i, other in enumerate(self.table) if json.dumps(other) == text), len(self.table))
            if number == len(self.table):
                self.table.append(made)
            self._bound[key] = number
        return self._bound[key]


def rules_of(kind):
    """What RULES has for a class: its own, or those of the class that it has its forward pass from; or None."""
    return next((RULES[base] for base in kind.__mro__ if base in RULES and kind.forward is base.forward), None)


def known_class(kind):
    """The name of the class that `rules_of` takes the rules from; None without."""
    return next((base.__name__ for base in kind.__mro__ if base in RULES and kind.forward is base.forward), None)


def _tried(make, *given):
    """What `make` gives, or None: a recording, of a layer gone wrong perhaps, is worth more than its explanation."""
    try:
        return make(*given)
    except Exception:  # whatever a rule did not foresee in somebody's call
        return None


class _Inside:
    """What rules may ask of the calls inside a forward call."""

    def __init__(self, explainer, call):
        self._explainer, self._call = explainer, call

    def in_order(self):
        """[Part] of the calls inside that have rules, in the order in which they were made."""
        parts = []
        for name, calls in self._explainer.inside.get(self._call.index, {}).items():
            for number, index in enumerate(calls):
                call = self._explainer.trace.calls[index]
                rules = self._explainer.rules(call)
                if rules is not None:
                    parts.append(Part(f"{name}[{number}]", call, rules.inputs[0], rules.outputs[0]))
        return sorted(parts, key=lambda part: part.call.index)


    def names_of(self, name):
        """(first input, first output) of the layer inside that is called so."""
        return next((part.input, part.output) for part in self.in_order() if part.at == f"{name}[0]")


def _take(found, names, rows):
    """Give the names to the rows [name, tensor number or text], in their order; None gives none."""
    for name, (_, number) in zip(names, rows):
        if name is not None and isinstance(number, int):
            found[name] = number


def _downstream(names, inputs, gradients):
    """The names of the input gradients' rows; a gradient that is None has one row, whatever it stands for."""
    names, found = iter(names), []
    for x, dx in zip(inputs, mirrored(gradients, len(inputs))):
        mine = [next(names, None) for _ in leaves(x)]
        found += [None] if dx is None else [None if name is None else f"d{name}" for name in mine]
    return found


def values_of(module):
    """{name: array} of a layer's own parameters and buffers."""
    return {name: value.data for name, value in vars(module).items() if isinstance(value, (*LEARNT, Buffer))}
