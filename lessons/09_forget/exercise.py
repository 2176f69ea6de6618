"""Exercise 9: backpropagation through time, first one step of the Elman cell, then the loop over all steps.

Forward is minisat's own. Replace the zeros, then run: minisat lesson check 9
"""

import numpy as np

from minisat.nn import Recurrent, RNNCell


class Elman(RNNCell):
    """h = tanh(a), a = x W_x + h_prev W_h + b, with self.W_x (D_in, H), self.W_h (H, H), self.b (H,)."""

    def backward(self, dstate, cache):
        """dstate (dh (N, H),) → dx (N, D_in), (dh_prev (N, H),)."""
        x, h_prev, h = cache
        (dh,) = dstate

        # First da (N, H): dh, sent back through the tanh. The five gradients below need it.
        self.W_x.grad += 0.0       # (D_in, H)
        self.W_h.grad += 0.0       # (H, H)
        self.b.grad += 0.0         # (H,)
        dx = 0.0 * x               # (N, D_in)
        dh_prev = 0.0 * h_prev     # (N, H); the check's table calls it state.0
        return dx, (dh_prev,)


class ThroughTime(Recurrent):
    """The cell self.cell called T times: x (N, T, D) → outputs (N, T, H), all its states, and the last state."""

    def backward(self, upstream, cache):
        """(doutputs (N, T, H), dstate of the last state) → (dx (N, T, D), None, dstate of the first state).

        doutputs[:, t] is what the loss at step t sends to the state after step t. The cache of the cell's call at
        step t is steps[t]. States are tuples: the h of dstate is dstate[0].
        """
        steps, _ = cache                   # no padding here
        doutputs, dstate = upstream
        dx = [0.0 * steps[0].x for _ in steps]

        for t in reversed(range(len(steps))):
            dx[t] += 0.0                   # what arrives at the state of step t? Then: self.cell.backward(...)
        return np.stack(dx, axis=1), None, dstate
