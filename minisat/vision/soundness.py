"""Whether a network's weights can be those of a network at all: numbers, finite, not all zero, no negative variance."""

import numpy as np

from minisat.backend import to_numpy
from minisat.errors import UserError

COUNTERS = ".num_batches_tracked"  # BatchNorm's: whole numbers, which nothing here uses


def unsound(state):
    """{name: what is wrong with it} of the arrays of {name: array} that no trained network holds.

    Whole numbers (quantised weights, or another file's), numbers that are not finite, a convolution's kernels that are
    all zero, and running variances below zero. BatchNorm's counters are left out.
    """
    found = {}
    for name, array in state.items():
        if f".{name}".endswith(COUNTERS):
            continue
        array = to_numpy(array)
        if not np.issubdtype(array.dtype, np.floating):
            found[name] = f"holds whole numbers ({array.dtype})"
        elif not np.isfinite(array).all():
            found[name] = "holds numbers that are not finite"
        elif array.ndim == 4 and not array.any() and not name.startswith("classifier."):  # that one may be untrained
            found[name] = "is all zero"
        elif name.endswith("running_var") and array.size and array.min() < 0:
            found[name] = "holds a negative variance"
    return found


def check_sound(state):
    """UserError naming some of the arrays of {name: array} in which `unsound` finds a fault."""
    if found := unsound(state):
        some = "; ".join(f"{name} {what}" for name, what in list(found.items())[:3])
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        raise UserError(f"These cannot be the weights of a trained network: {some}{more}.")
