"""A training step in which a number stops being finite: as few captions as do it, and where the number was born."""

import copy

import numpy as np

from minisat.nn.nested import is_finite
from minisat.trace.walking import born

INPUTS = "the inputs (features or photos) themselves"
FEW = 2  # captions are enough to look at


def breaks(objective, inputs, ids, lengths, rng, given):
    """Whether this step, made of layer calls, ends in a loss or gradient that is not finite. Overwrites gradients."""
    objective = objective.reference()
    objective.zero_grad()
    with np.errstate(all="ignore"):
        loss, cache = objective.forward(inputs, ids, lengths, rng=rng, **given)
        if is_finite(loss):
            objective.backward(1.0, cache)
    return not is_finite((loss, [parameter.grad for parameter in objective.parameters()]))


def unstable_part(objective, inputs, batch, rng, given):
    """The slice of a few captions of the batch that are enough for it; of all where no few are.

    `given`: what else forward is given by name, a dict of arrays with one row for each caption. Noise is drawn anew for
    the few.
    """
    start, stop = 0, len(batch.ids)
    while stop - start > FEW:
        middle = (start + stop) // 2
        for half in (slice(start, middle), slice(middle, stop)):
            rest = {name: value[half] for name, value in given.items()}
            if breaks(objective, inputs[half], batch.ids[half], batch.lengths[half], copy.deepcopy(rng), rest):
                break
        else:
            return slice(None)
        start, stop = half.start, half.stop
    return slice(start, stop)


def birthplace(objective, inputs, document):
    """Where the first number that is not finite comes from, in words; None where the recorded step has none.

    The inputs, the weights, or the call that gave it without having been given one.
    """
    if not is_finite(inputs):
        return INPUTS
    for name, parameter in objective.reference().named_parameters():
        if not is_finite(parameter.data):
            return f"the weights {name}"
    frame = born(document)
    return frame and f"{frame['path']}, in the {frame['phase']} pass"
