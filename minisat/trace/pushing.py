"""What the gradient promised, tried: single weights pushed a little, and all of them one step down the slope."""

import copy

import numpy as np

from minisat.backend import to_numpy
from minisat.trace.tensors import short

STEP = 1e-3  # how far a weight is pushed
RATE = 0.1   # of the one step of plain gradient descent,
HALVED = 8   # halved so often at most, where the loss does not fall yet


def nudges(objective, loss):
    """[{"path", "name", "entry", "step", "less", "more"}]: `loss()` with one weight `step` smaller, and larger.

    Of every parameter the entry with the largest gradient. Everything is as before when this returns.
    """
    found = []
    for dotted, parameter in objective.named_parameters():
        if not parameter.data.size:
            continue
        entry = np.unravel_index(int(np.abs(to_numpy(parameter.grad)).argmax()), parameter.data.shape)
        was, losses = parameter.data[entry].copy(), []
        for step in (-STEP, STEP):
            parameter.data[entry] = was + step
            losses.append(_precise(loss()))
        parameter.data[entry] = was
        path, _, name = dotted.rpartition(".")
        found.append({"path": path, "name": name, "entry": [int(i) for i in entry], "step": STEP, "less": losses[0],
                      "more": losses[1]})
    return found


def update(objective, loss, before):
    """{"rate", "before", "after", "path", "name", "entry", "was", "gradient", "is"}: one step w ← w − rate · dw.

    The rate is the largest of RATE, RATE / 2, … with which the loss falls. Every weight makes the step at once; named
    is the entry that moves furthest among the score's weights, or among all. Everything is as before when this returns.
    """
    parameters = [(dotted, p) for dotted, p in objective.named_parameters() if p.data.size]
    if not parameters:
        return None
    kept = copy.deepcopy([p.data for _, p in parameters])
    for rate in (RATE / 2**k for k in range(HALVED + 1)):
        for _, p in parameters:
            p.data -= rate * p.grad
        after = loss()
        for (_, p), data in zip(parameters, kept):
            p.data[...] = data
        if after < before:
            break
    shown = [(dotted, p) for dotted, p in parameters if ".score." in dotted] or parameters
    dotted, p = max(shown, key=lambda pair: float(np.abs(to_numpy(pair[1].grad)).max()))
    gradient = to_numpy(p.grad)
    entry = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    path, _, name = dotted.rpartition(".")
    was = float(to_numpy(p.data)[entry])
    return {"rate": rate, "before": _precise(before), "after": _precise(after), "path": path, "name": name,
            "entry": [int(i) for i in entry], "was": short(was), "gradient": short(gradient[entry]),
            "is": short(was - rate * float(gradient[entry]))}


def _precise(x):
    """A loss with as many digits as its small changes need; text where it is not finite, as in all a trace holds."""
    x = float(x)
    return float(f"{x:.12g}") if np.isfinite(x) else str(x)
