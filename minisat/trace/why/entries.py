"""One entry of a recorded step: which entries made it, and where those were made in their turn."""

from typing import NamedTuple

import numpy as np

from minisat.trace.tensors import array_of
from minisat.trace.why.binding import steps_of
from minisat.trace.why.evaluation import evaluate, opened
from minisat.trace.why.language import number_text, text_of, values_text

FARTHEST = 200   # places that `follow` passes through at most
LARGEST = 2**27  # entries of a number in between


class Unreadable(LookupError):
    """What a rule needs is not in the file, or too much; its text says so to people."""


class Place(NamedTuple):
    """An entry: of the tensor `name` of the call `frame`, or of what this hands to the call `inner` (name, number)."""

    frame: int
    name: str
    index: tuple
    inner: tuple | None = None

    def __str__(self):
        path = "" if self.inner is None else f"{self.inner[0]}{f'[{self.inner[1]}]' if self.inner[1] else ''}."
        return f"{path}{self.name}[{','.join(map(str, self.index))}]" if self.index else path + self.name


class Term(NamedTuple):
    """One addend of an entry."""

    value: float
    text: str       # its factors in numbers: 0.12·(−0.03)
    entries: tuple  # (Place, value) of what it is made of; what stands inside sums in it is not listed


class Explanation(NamedTuple):
    """Why an entry is what it is. `recorded` is None for a number in between."""

    place: Place
    formula: str    # dW[3,5] = Σ_n x[n,3]·dy[n,5]
    value: float    # what the rule makes of the recorded numbers
    recorded: float | None
    terms: tuple    # the largest Terms first
    rest: float     # the sum of the others
    others: int     # how many these are


class Recorded:
    """A trace's document with its numbers; `arrays` {"t5": array} as `describe` gives them, where they are at hand."""

    def __init__(self, document, arrays=None):
        self.document, self.frames, self.rules = document, document["frames"], document.get("rules", [])
        self._tensors, self._arrays = document["tensors"], arrays or {}
        self._numbers, self._steps = {}, {}

    def tensor(self, number):
        """The numbers of a tensor, float64. Unreadable where the file has only a picture of it."""
        if number not in self._numbers:
            array = self._arrays[f"t{number}"] if f"t{number}" in self._arrays else array_of(self._tensors[number])
            if array is None:
                raise Unreadable("numbers that it takes are in the file as a picture only: record with --arrays")
            self._numbers[number] = np.asarray(array, np.float64)
        return self._numbers[number]

    def names(self, frame):
        """{name: tensor number} of a call."""
        return dict(self.frames[frame].get("names", ()))

    def lines(self, frame):
        """The lines of a call's rules."""
        number = self.frames[frame].get("rules")
        return [] if number is None else self.rules[number]

    def reader(self, frame):
        """`read(name, call, occurrence)` for the lines of a call."""
        names, inside = self.names(frame), dict(self.frames[frame].get("inside", ()))

        def read(name, call, occurrence):
            if call is None:
                return self.tensor(names[name]) if name in names else self._step(frame, name)
            found = [None if index is None else self.names(index).get(name) for index in inside.get(call, ())]
            if occurrence is not None:
                found = found[occurrence:][:1]
            like = next((self.tensor(number) for number in found if number is not None), None)
            if like is None:
                raise Unreadable(f"its rule takes {call}.{name}, which the file does not have")
            if occurrence is not None:
                return like
            return np.stack([np.zeros_like(like) if number is None else np.broadcast_to(self.tensor(number), like.shape)
                             for number in found])
        return read

    def _step(self, frame, name):
        """A number in between, all its entries: nothing recorded them."""
        if (frame, name) not in self._steps:
            lines = [line for line in self.lines(frame) if line["step"] and line["of"][1] == name]
            shape = steps_of(lines).get(name)
            if shape is None:
                raise Unreadable(f"its rule takes {name}, which the file does not have")
            if np.prod(shape, dtype=float) > LARGEST:
                raise Unreadable(f"its rule takes {name}, which is too large")
            array = np.zeros(shape)
            for line in lines:
                where, values = self.entries(frame, line)
                array[where] = values
            self._steps[frame, name] = array
        return self._steps[frame, name]

    def entries(self, frame, line, chosen=None):
        """(indices, values) that a line makes: of all its entries, or of `chosen` {axis: array} of some."""
        axes = line["axes"]
        if chosen is None:
            apart = np.ix_(*(np.arange(size) for _, size in axes))
            chosen = {name: index for (name, _), index in zip(axes, apart)}
            shape = tuple(size for _, size in axes)
        else:
            shape = np.broadcast_shapes(*(np.shape(index) for index in chosen.values())) if chosen else ()
        value, there = evaluate(line["is"], chosen, self.reader(frame))
        where = tuple(np.broadcast_to(evaluate(index, chosen, None)[0], shape) for index in line["of"][2])
        return where, np.broadcast_to(np.where(there, value, 0.0), shape)

    def value(self, place):
        """The number at a place."""
        if place.inner is not None:
            frame = dict(self.frames[place.frame]["inside"])[place.inner[0]][place.inner[1]]
            return self.value(Place(frame, place.name, place.index))
        return float(self.reader(place.frame)(place.name, None, 0)[place.index])


def found_line(recorded, place):
    """(line, {axis: number}) of the rule that makes the entry at a place; (None, None) where there is none."""
    for line in recorded.lines(place.frame):
        _, name, pattern, *call = line["of"]
        path, occurrence = call[0] if call else (None, None)
        if name != place.name or path != (place.inner and place.inner[0]) or len(pattern) != len(place.index):
            continue
        parts = [*zip(pattern, place.index)] + ([(occurrence, place.inner[1])] if call else [])
        axes = _matched(parts, dict(map(tuple, line["axes"])))
        if axes is not None:
            return line, axes
    return None, None


def _matched(parts, sizes):
    """{axis: number} for which the patterns are these numbers; None where there is none."""
    axes = {}
    for pattern, number in parts:
        if isinstance(pattern, list):
            pattern, number = pattern[2], number - pattern[1]
        if isinstance(pattern, str):
            if not 0 <= number < sizes[pattern] or axes.setdefault(pattern, number) != number:
                return None
        elif pattern != number:
            return None
    return axes


def explain(recorded, place, most=4):
    """The Explanation of the entry at a Place, with its `most` largest terms; None where no rule makes it.

    Unreadable where the numbers that it takes are not in the file.
    """
    line, axes = found_line(recorded, place)
    if line is None:
        return None
    read = recorded.reader(place.frame)
    found = []  # (value, body, axes) of every term that is there
    for sign, body, indices in _addends(line["is"], {name: np.asarray(number) for name, number in axes.items()}):
        value, there = evaluate(body, indices, read)
        shape = np.broadcast_shapes(np.shape(value), np.shape(there), *(np.shape(i) for i in indices.values()))
        flat = [np.broadcast_to(part, shape).ravel() for part in (value, there)]
        places = {name: np.broadcast_to(index, shape).ravel() for name, index in indices.items()}
        found += [(sign * flat[0][i], sign, body, {name: int(all_[i]) for name, all_ in places.items()})
                  for i in np.flatnonzero(flat[1])]
    found.sort(key=lambda term: -abs(term[0]))
    terms = tuple(Term(float(value), values_text(body, where, read, sign),
                       tuple(dict.fromkeys(_entries(place.frame, body, where, read))))
                  for value, sign, body, where in found[:most])
    rest = float(sum(value for value, *_ in found[most:]))
    is_step = line["step"]
    return Explanation(place, f"{text_of(line['of'], axes)} = {text_of(line['is'], axes)}",
                       float(sum(value for value, *_ in found)), None if is_step else recorded.value(place), terms,
                       rest, max(len(found) - most, 0))


def _addends(tree, indices, sign=1):
    """(sign, body, indices) of each addend; those of a sum stay one, with arrays for the indices that it runs over."""
    kind = tree[0] if isinstance(tree, list) else None
    if kind == "+":
        for part in tree[1:]:
            yield from _addends(part, indices, sign)
    elif kind == "-":
        yield from _addends(tree[1], indices, -sign)
    elif kind == "sum":
        body, inner, _ = opened(tree, indices)
        yield from _addends(body, inner, sign)
    else:
        yield sign, tree, indices


def _entries(frame, tree, axes, read):
    """(Place, value) of the entries in a tree, but for those inside a sum and those that only point."""
    if not isinstance(tree, list) or tree[0] in ("sum", "max", "argmax", "if"):
        return
    if tree[0] != "at":
        for part in tree[1:]:
            yield from _entries(frame, part, axes, read)
        return
    yield entry_place(frame, tree, axes, read), float(evaluate(tree, axes, read)[0])


def entry_place(frame, tree, axes, read):
    """The Place of a tree ["at", …] for given axes."""
    def whole(index):
        return int(np.rint(evaluate(index, axes, read)[0]))
    _, name, indices, *call = tree
    inner = (call[0][0], whole(call[0][1])) if call else None
    shape = read(name, *(inner or (None, 0))).shape
    return Place(frame, name, tuple(map(whole, indices[:len(shape)])), inner)


def follow(recorded, place):
    """The place where the number at `place` was made: through all that only hands it on, in other calls if need be.

    Its own rule is more than a copy, or it has none: a weight, an input of the whole, a number that was drawn.
    """
    for _ in range(FARTHEST):
        place = _inside(recorded, place)
        line, axes = found_line(recorded, place)
        further = _outside(recorded, place) if line is None else _handed_on(recorded, place, line, axes)
        if further is None:
            return place
        place = further
    return place


def _inside(recorded, place):
    """What an inner call has, as a place in that call, if it is there that it is made."""
    if place.inner is None:
        return place
    frame = dict(recorded.frames[place.frame]["inside"])[place.inner[0]][place.inner[1]]
    own = Place(frame, place.name, place.index)
    return own if found_line(recorded, own)[0] else place


def _handed_on(recorded, place, line, axes):
    """The one entry that a line copies, as a Place; None where it makes something of it, or of several."""
    read, found = recorded.reader(place.frame), []
    for sign, body, indices in _addends(line["is"], axes):
        if any(np.ndim(index) for index in indices.values()):
            return None
        if evaluate(body, indices, read)[1]:
            found.append((sign, body))
    if len(found) != 1 or found[0][0] != 1 or not isinstance(found[0][1], list):
        return None
    body = found[0][1]
    if body[0] == "*":
        rest = [part for part in body[1:] if not (isinstance(part, list) and part[0] == "if")]
        body = rest[0] if len(rest) == 1 else body
    return entry_place(place.frame, body, axes, read) if isinstance(body, list) and body[0] == "at" else None


def _outside(recorded, place):
    """Where to look for what has no rule in its own call: in the forward twin's cache, or in the call around."""
    frame = recorded.frames[place.frame]
    if place.inner is not None:
        return None
    number = recorded.names(place.frame).get(place.name)
    if frame["phase"] == "backward" and frame["twin"] is not None:
        twin = recorded.names(frame["twin"])
        if number is not None and twin.get(place.name) == number:
            return Place(frame["twin"], place.name, place.index)
    if frame.get("place") and frame["parent"] is not None:
        around = Place(frame["parent"], place.name, place.index, tuple(frame["place"]))
        return around if found_line(recorded, around)[0] else None
    return None


def sentence(explanation):
    """The Explanation as one line: dW[3,5] = Σ_n x[n,3]·dy[n,5] = 0.12·(−0.03) + 0.4·0.11 = 0.0404."""
    parts = []
    for i, term in enumerate(explanation.terms):
        negative = term.text.startswith("−")
        sign = (" − " if negative else " + ") if i else "−" if negative else ""
        parts.append(sign + term.text.removeprefix("−"))
    if explanation.others:
        sign = "−" if explanation.rest < 0 else "+"
        parts.append(f" {sign} {number_text(abs(explanation.rest))} of {explanation.others} more")
    made, value = "".join(parts), number_text(explanation.value)
    line = " = ".join([explanation.formula, *[made] * (made not in ("", value)), value])
    recorded = explanation.recorded
    largest = float(np.nan_to_num(max([abs(term.value) for term in explanation.terms], default=0.0)))
    if recorded is not None and not np.isclose(recorded, explanation.value, 1e-3, 1e-6 * largest, equal_nan=True):
        line += f", but the call gave {number_text(recorded)}"
    return line

