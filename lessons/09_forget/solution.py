"""Exercise 9, solved: backpropagation through time, one step of the Elman cell and the loop over all steps.

Two ways to get it wrong:

* `h.T @ da` for W_h. The state that W_h has multiplied is the one before.
* `dstate = (doutputs[:, t],)`. Each step then hears only its own word, and the first ones learn nothing from the
  last.
"""

import numpy as np

from minisat.nn import Recurrent, RNNCell


class Elman(RNNCell):
    """h = tanh(a), a = x W_x + h_prev W_h + b, with self.W_x (D_in, H), self.W_h (H, H), self.b (H,)."""

    def backward(self, dstate, cache):
        """dstate (dh (N, H),) → dx (N, D_in), (dh_prev (N, H),)."""
        x, h_prev, h = cache
        (dh,) = dstate

        da = dh * (1 - h**2)              # h = tanh(a)                    ⇒  da = dh (1 - h²)
        self.W_x.grad += x.T @ da         # a = x W_x + h_prev W_h + b     ⇒  dW_x = xᵀ da
        self.W_h.grad += h_prev.T @ da    #                                   dW_h = h_prevᵀ da
        self.b.grad += da.sum(axis=0)     #                                   db = Σ_n da_n
        dx = da @ self.W_x.data.T         #                                   dx = da W_xᵀ
        dh_prev = da @ self.W_h.data.T    #                                   dh_prev = da W_hᵀ
        return dx, (dh_prev,)


class ThroughTime(Recurrent):
    """The cell self.cell called T times: x (N, T, D) → outputs (N, T, H), all its states, and the last state."""

    def backward(self, upstream, cache):
        """(doutputs (N, T, H), dstate of the last state) → (dx (N, T, D), None, dstate of the first state)."""
        steps, _ = cache
        doutputs, dstate = upstream
        dx = [0.0 * steps[0].x for _ in steps]

        for t in reversed(range(len(steps))):
            dstate = (dstate[0] + doutputs[:, t],)             # h_t is used by step t + 1 and by the loss at t
            dx[t], dstate = self.cell.backward(dstate, steps[t])   # adds this step's share to the weights' gradients
        return np.stack(dx, axis=1), None, dstate
