"""What a value may be, said once: its type, its range, its choices, for settings, flags and JSON files alike."""

import math
from dataclasses import dataclass
from typing import Any

from minisat.errors import UserError

_TYPES = {int: "a whole number", float: "a number", bool: "true or false", str: "text", list: "a list",
          dict: "a JSON object"}


@dataclass(frozen=True)
class Rule:
    """What one value may be: of type `kind`, and within the bounds that are given. Numbers must be finite.

    `each` is the Rule of a list's entries or of an object's values; `length` how many there must be; `none` says that
    null may stand there too. An int may stand where a float is asked for, as JSON writes 5.0 as 5.
    """

    kind: type
    choices: tuple | None = None
    least: float | None = None   # value >= least
    most: float | None = None    # value <= most
    above: float | None = None   # value > above
    below: float | None = None   # value < below
    each: Any = None             # Rule
    length: int | None = None
    none: bool = False

    def problem(self, value):
        """What is wrong with `value`, such as "must be at least 1, not 0"; None when nothing is."""
        if value is None and self.none:
            return None
        kinds = (int, float) if self.kind is float else self.kind
        if not isinstance(value, kinds) or isinstance(value, bool) != (self.kind is bool):
            return f"must be {_TYPES[self.kind]}, not {_shown(value)}"
        if self.choices is not None and value not in self.choices:
            return f"must be one of {', '.join(map(str, self.choices))}, not {_shown(value)}"
        if self.kind is float and not _finite(value):
            return f"must be a finite number, not {_shown(value)}"
        if self.kind in (int, float) and not self._within(value):
            return f"must be {self.range()}, not {_shown(value)}"
        if self.length is not None and len(value) != self.length:
            return f"must have {self.length} entries, not {len(value)}"
        return self._problem_inside(value) if self.each else None

    def _problem_inside(self, value):
        """The first entry of a list, or value of an object, that is wrong."""
        for key, entry in value.items() if self.kind is dict else enumerate(value):
            if said := self.each.problem(entry):
                return f"is wrong at {_shown(key)}, which {said}"
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


def check_entries(entries, rules, place, optional=()):
    """UserError naming `place` and the entry, unless `entries` is a dict whose values follow {name: Rule}.

    The names in `optional` may be absent, and names without a rule may be there.
    """
    if not isinstance(entries, dict):
        raise UserError(f"{place} must hold a JSON object, not {_shown(entries)}.")
    for name, rule in rules.items():
        if name not in entries:
            if name in optional:
                continue
            raise UserError(f"{place} has no entry {name!r}.")
        if said := rule.problem(entries[name]):
            raise UserError(f"{place} is damaged: its entry {name!r} {said}.")


def _finite(number):
    try:
        return math.isfinite(number)
    except OverflowError:  # an int beyond the largest float
        return False


def _shown(value):
    """A value as a sentence shows it, cut short."""
    try:
        text = f"{value:g}" if isinstance(value, float) else repr(value)
    except ValueError:  # an int of thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
