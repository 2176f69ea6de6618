"""What a value may be, said once: its type, its range, its choices, for settings, flags and JSON files alike."""

import math
from dataclasses import dataclass

from minisat.errors import UserError

_TYPES = {int: "a whole number", float: "a number", bool: "true or false", str: "text", list: "a list",
          dict: "a JSON object", type(None): "null"}


@dataclass(frozen=True)
class Rule:
    """What one value may be: of type `kind`, and within the bounds that are given. Numbers must be finite.

    An int may stand where a float is asked for, as JSON writes 5.0 as 5.
    """

    kind: type
    choices: tuple | None = None
    least: float | None = None   # value >= least
    most: float | None = None    # value <= most
    above: float | None = None   # value > above
    below: float | None = None   # value < below

    def problem(self, value):
        """What is wrong with `value`, such as "must be at least 1, not 0"; None when nothing is."""
        kinds = (int, float) if self.kind is float else self.kind
        if not isinstance(value, kinds) or isinstance(value, bool) != (self.kind is bool):
            return f"must be {_TYPES[self.kind]}, not {_shown(value)}"
        if self.choices is not None and value not in self.choices:
            return f"must be one of {', '.join(map(str, self.choices))}, not {_shown(value)}"
        if self.kind is float and not _finite(value):
            return f"must be a finite number, not {_shown(value)}"
        if self.kind in (int, float) and not self._within(value):
            return f"must be {self.range()}, not {_shown(value)}"
        return None

    def _within(self, value):
        return ((self.least is None or value >= self.least) and (self.most is None or value <= self.most)
                and (self.above is None or value > self.above) and (self.below is None or value < self.below))

    def range(self):
        """The bounds in words: "at least 1", "above 0", or "in [0, 1)" where there are two."""
        low = self.least if self.above is None else self.above
        high = self.most if self.below is None else self.below
        if low is not None and high is not None:
            return f"in {'[' if self.above is None else '('}{low}, {high}{']' if self.below is None else ')'}"
        names = (("at least", self.least), ("above", self.above), ("at most", self.most), ("below", self.below))
        return next((f"{name} {bound}" for name, bound in names if bound is not None), "")


class Either:
    """One of several likenesses, as `misfits` reads them."""

    def __init__(self, *likes):
        self.likes = likes


def misfits(value, like, place=""):
    """Yield (place, what is wrong there) wherever a `value` that was read from JSON is not like `like`.

    `like`: a type (float takes any number, int no true or false), None, a Rule, or Either of several; [like] of a list,
    (like, like) of a list of just so many; {str: like} of an object with any names, {name: like} of one that has these,
    or may have them ("name?"), and perhaps others.
    """
    if isinstance(like, Rule):
        if said := like.problem(value):
            yield place, said
    elif isinstance(like, dict) and str in like and isinstance(value, dict):
        for name, entry in value.items():
            yield from misfits(entry, like[str], f"{place}[{_shown(name)}]")
    elif isinstance(like, dict) and isinstance(value, dict):
        for name, inner in like.items():
            bare = name.removesuffix("?")
            if bare in value:
                yield from misfits(value[bare], inner, f"{place}.{bare}" if place else bare)
            elif bare == name:
                yield place, f"has no {name}"
    elif isinstance(like, list) and isinstance(value, list):
        for index, entry in enumerate(value):
            yield from misfits(entry, like[0], f"{place}[{index}]")
    elif isinstance(like, tuple) and isinstance(value, list) and len(value) == len(like):
        for index, (entry, inner) in enumerate(zip(value, like)):
            yield from misfits(entry, inner, f"{place}[{index}]")
    elif not _is(value, like):
        yield place, f"must be {_called(like)}, not {_shown(value)}"


def check(value, like, file):
    """UserError, naming the file and the place in it, unless a `value` that was read from JSON is like `like`."""
    for place, said in misfits(value, like):
        raise UserError(f"{file}{f': {place}' if place else ''} {said}.")


def _is(value, like):
    if isinstance(like, Either):
        return any(not any(misfits(value, one)) for one in like.likes)
    kinds = (int, float) if like is float else like if isinstance(like, type) else ()
    return like is value is None or isinstance(value, kinds) and isinstance(value, bool) == (like is bool)


def _called(like):
    """A likeness in words."""
    if isinstance(like, Either):
        return " or ".join(dict.fromkeys(map(_called, like.likes)))
    if isinstance(like, Rule):
        return f"one of {', '.join(like.choices)}" if like.choices else f"{_TYPES[like.kind]} {like.range()}".strip()
    if isinstance(like, tuple):
        return f"a list of {len(like)}"
    return _TYPES[like if isinstance(like, type) else type(like)]


def _finite(number):
    try:
        return math.isfinite(number)
    except OverflowError:  # an int beyond the largest float
        return False


def _shown(value):
    """A value as a sentence shows it, cut short."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, (dict, bool, type(None))):
        return str(value).lower() if isinstance(value, bool) else _TYPES[type(value)]
    try:
        text = f"{value:g}" if isinstance(value, float) else repr(value)
    except ValueError:  # an int of thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
