"""Two measured things held against each other: the difference, and an interval that says how far chance may move it.

Lessons compare with `compared` and with nothing else. It prints one line under a name; the sentence that rests on that
line carries the name in a comment, and teaching/claims.py holds the sentence to the interval.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minisat import evaluation
from minisat.files import read_json

TABLE = Path(__file__).with_name("seeds.json")
"""What lessons measured on eight seeds, written by lessons/seeds.py."""

STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Half the width of a 95 % interval in standard errors, for 1, 2, … 15 degrees of freedom (Student 1908)."""

_LINE = re.compile(r"^\[(.+)\] +([+-]\d+\.\d+), 95 % interval ([+-]\d+\.\d+) to ([+-]\d+\.\d+) \((\d+ \w+)\)$",
                   re.MULTILINE)


class Difference(NamedTuple):
    """A difference with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self):
        """Whether chance alone may have made it."""
        return self.low <= 0 <= self.high


def seeds_table():
    """{a lesson's name without its number: {what was measured: {score: its numbers, one a seed from 0 on}}}."""
    return read_json(TABLE)


def compared(name, first, second, score=None):
    """Print, under `name`, by how much `second` exceeds `first`, with a 95 % interval; the Difference.

    Without `score`, both hold one number a seed, of the same seeds in the same order. The interval is Student's, of
    the mean difference: what other seeds would have given. With `score`, a key of `evaluation.corpus_scores`, both are
    Families (`References.families`) of the same photos. The interval is the paired bootstrap's, `evaluation.compare`:
    what other photos would have given, and nothing is said of other seeds. ValueError for unequal numbers of seeds or
    photos, and for fewer than 2 or more than 16 seeds.
    """
    if score is None:
        found, of = _over_seeds(np.asarray(first, float), np.asarray(second, float)), f"{len(first)} seeds"
    else:
        result = evaluation.compare(first, second)[score]
        found = Difference(result.difference, result.low, result.high)
        of = f"{len(first[0].rows)} photos"
    print(f"[{name}] {found.value:+.3f}, 95 % interval {found.low:+.3f} to {found.high:+.3f} ({of})")
    return found


def _over_seeds(first, second):
    """The mean of second − first, and Student's interval of it."""
    if first.shape != second.shape or not 2 <= len(first) <= len(STUDENT) + 1:
        raise ValueError(f"2 to {len(STUDENT) + 1} seeds of each are compared, not {len(first)} with {len(second)}")
    differences = second - first
    half = STUDENT[len(first) - 2] * differences.std(ddof=1) / np.sqrt(len(first))
    return Difference(differences.mean(), differences.mean() - half, differences.mean() + half)


def printed(text):
    """{name: Difference} of the lines of `compared` in a text, as far as their digits say."""
    return {name: Difference(*map(float, numbers)) for name, *numbers, _ in _LINE.findall(text)}
