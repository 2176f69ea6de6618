"""What a table of rules is made of: for each class of layers the names of what a call takes and gives, and formulas.

The names stand in the order of forward's arguments and results, those of a state one by one. A backward call's are the
same with a d in front: dy comes in, dx goes out. Beside them a rule may name the cache's fields, the parameters and
buffers, the noise that forward was given, gradients of parameters (dW), steps of its own (with :=), and what the calls
inside have, each by its own names. language.py says how a formula is written.
"""

from collections.abc import Callable
from typing import NamedTuple


class Rules(NamedTuple):
    """The rules of one class; `constants(layer)` → {name: number} that stand in the formulas."""

    names: str                  # "x, h_prev → h"
    forward: str = ""
    backward: str = ""
    constants: Callable = lambda layer: {}

    @property
    def inputs(self):
        """The inputs' names."""
        return _split(self.names.partition("→")[0])

    @property
    def outputs(self):
        """The outputs' names."""
        return _split(self.names.partition("→")[2])

    def lines(self, phase):
        """The formulas of one pass."""
        text = self.forward if phase == "forward" else self.backward
        return [line.strip() for line in text.splitlines() if line.strip()]


def _split(names):
    return [name.strip() for name in names.split(",") if name.strip()]
