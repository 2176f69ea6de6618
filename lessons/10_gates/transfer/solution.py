"""Exercise 10b, solved: the backward pass of the GRU.

Two ways to get it wrong:

* `h_prev.T @ da_n` for the last columns of W_h: they have multiplied `r * h_prev`.
* Three of the four ways to h_prev: straight through z, through the gates r and z, through the proposal, and there
  times r.
"""

import numpy as np

from minisat.nn import GRUCell


class Gates(GRUCell):
    """x (N, D_in), state (h_prev (N, H),) → state (h (N, H),)."""

    def backward(self, dstate, cache):
        """dstate (dh,) → dx (N, D_in), (dh_prev (N, H),). Adds to self.W_x.grad, self.W_h.grad and self.b.grad."""
        (dh,) = dstate
        x, h_prev, r, z, n = cache[:5]
        H = self.H
        W_rz, W_n = self.W_h.data[:, :2 * H], self.W_h.data[:, 2 * H:]

        da_n = dh * (1 - z) * (1 - n**2)              # h = z h_prev + (1 − z) n, n = tanh(a_n)
        da_z = dh * (h_prev - n) * z * (1 - z)
        dkept = da_n @ W_n.T                          # a_n = … + (r h_prev) W_n
        da_r = dkept * h_prev * r * (1 - r)
        da_rz = np.concatenate([da_r, da_z], axis=1)
        dh_prev = dh * z + dkept * r + da_rz @ W_rz.T

        da = np.concatenate([da_r, da_z, da_n], axis=1)
        self.W_x.grad += x.T @ da
        self.b.grad += da.sum(axis=0)
        self.W_h.grad[:, :2 * H] += h_prev.T @ da_rz
        self.W_h.grad[:, 2 * H:] += (r * h_prev).T @ da_n
        return da @ self.W_x.data.T, (dh_prev,)
