"""When a number is no longer finite: which layer it came from."""

import copy
from contextlib import contextmanager

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.nn import Parameter

INPUTS = "the inputs (features or photos) themselves"
FEW = 2  # captions are enough to look at


class _Found(Exception):
    """Ends the search at the first culprit."""


def _finite(value):
    """Whether every number in an array, or in a tuple of them, is finite (None and integers are)."""
    if isinstance(value, (tuple, list)):
        return all(_finite(entry) for entry in value)
    if value is None:
        return True
    return bool(to_numpy(get_array_module(value).isfinite(value).all()))


def _watched_call(method, name, pass_name, parameters):
    def call(*args, **kwargs):
        result = method(*args, **kwargs)
        outputs = result[0] if pass_name == "forward" else result
        if not _finite(outputs):
            raise _Found(f"{name}, in the {pass_name} pass")
        for own, parameter in parameters:
            if pass_name == "backward" and not _finite(parameter.grad):
                raise _Found(f"{name}, in the gradient of its {own}")
        return result
    return call


@contextmanager
def _watch(module):
    """Inside `with`, every layer's forward and backward check what they return; wrapped from outside."""
    layers = list(module.named_modules())
    for name, layer in layers:
        parameters = [(own, value) for own, value in vars(layer).items() if isinstance(value, Parameter)]
        for pass_name in ("forward", "backward"):
            setattr(layer, pass_name, _watched_call(getattr(layer, pass_name), name, pass_name, parameters))
    try:
        yield
    finally:
        for _, layer in layers:
            del layer.forward, layer.backward


def find_instability(objective, inputs, ids, lengths, rng, **given):
    """Run one training step again and name the first place where a number is not finite; None if there is none.

    Arguments as the objective's `forward`; `rng` in the state in which the step had it, `given` what else forward was
    given by name. The parameters are left alone, their gradients are overwritten.
    An inner layer returns before the one around it, so the first to return such a number is the one that made it.
    """
    objective = objective.reference()  # a fast twin has no layers to watch
    if not _finite(inputs):
        return INPUTS
    for name, parameter in objective.named_parameters():
        if not _finite(parameter.data):
            return f"the weights {name}"
    objective.zero_grad()
    try:
        with _watch(objective), np.errstate(all="ignore"):
            loss, cache = objective.forward(inputs, ids, lengths, rng=rng, **given)
            if not _finite(loss):
                return "the sum of the loss's terms"
            objective.backward(1.0, cache)
    except _Found as found:
        return str(found)
    for name, parameter in objective.named_parameters():
        if not _finite(parameter.grad):
            return f"the gradient of {name}"
    return None


def unstable_part(objective, inputs, batch, rng, given):
    """The slice of a few captions of the batch that are enough for a number that is not finite; of all where none are.

    Arguments as those of `find_instability`, `given` a dict of arrays with one row for each caption. Noise is drawn
    anew for the few.
    """
    start, stop = 0, len(batch.ids)
    while stop - start > FEW:
        middle = (start + stop) // 2
        for half in (slice(start, middle), slice(middle, stop)):
            rest = {name: value[half] for name, value in given.items()}
            captions = inputs[half], batch.ids[half], batch.lengths[half]
            if find_instability(objective, *captions, copy.deepcopy(rng), **rest):
                break
        else:
            return slice(None)
        start, stop = half.start, half.stop
    return slice(start, stop)
