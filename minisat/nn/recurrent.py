"""A sequence through a recurrent cell: the cell called T times, and backpropagation through time."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


class RecurrentCache(NamedTuple):
    """What backward remembers."""

    steps: tuple             # the cell's cache of each time step
    mask: np.ndarray | None  # (N, T)


class Recurrent(Module):
    """Runs `cell` along the time axis. Where a step is padding, the state is carried on unchanged."""

    def __init__(self, cell):
        self.cell = cell

    def forward(self, x, mask=None, state=None):
        """x (N, T, D), mask (N, T) true where a step is real, first state (zeros unless given; each (N, H))
        → (outputs (N, T, H), last state).

        `outputs[:, t]` is h after step t; at padding it repeats the last real one.
        """
        xp = get_array_module(x)
        state = self.cell.zero_state(x.shape[0], x) if state is None else state
        outputs, steps = [], []
        for t in range(x.shape[1]):
            new, cache = self.cell.forward(x[:, t], state)
            if mask is not None:
                real = mask[:, t, None].astype(bool)
                new = tuple(xp.where(real, after, before) for after, before in zip(new, state))
            state = new
            outputs.append(state[0])
            steps.append(cache)
        return (xp.stack(outputs, axis=1), state), RecurrentCache(tuple(steps), mask)

    def backward(self, upstream, cache):
        """(doutputs (N, T, H), dstate of the last state) → (dx (N, T, D), None, dstate of the first state)."""
        steps, mask = cache
        doutputs, dstate = upstream
        xp = get_array_module(doutputs)
        dxs = [None] * len(steps)
        for t in reversed(range(len(steps))):
            dstate = (dstate[0] + doutputs[:, t], *dstate[1:])  # outputs[:, t] is the state's h
            carried = None
            if mask is not None:                                # state = new where real, else before
                real = mask[:, t, None].astype(bool)
                carried = tuple(xp.where(real, 0.0, d) for d in dstate)
                dstate = tuple(xp.where(real, d, 0.0) for d in dstate)
            dxs[t], dstate = self.cell.backward(dstate, steps[t])
            if carried is not None:
                dstate = tuple(d + past for d, past in zip(dstate, carried))
        return xp.stack(dxs, axis=1), None, dstate
