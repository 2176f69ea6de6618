"""Exercise 10b: the backward pass of the GRU, for which the page says that it needs no new rule.

h = z h_prev + (1 − z) n, with r and z = σ(x W_x + h_prev W_h + b) and n = tanh(x W_x + (r h_prev) W_h + b), each with
its own H columns of W_x (D_in, 3H), W_h (H, 3H) and b (3H,), in the order r, z, n. Forward is minisat's own. Then
run: minisat lesson check 10b
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

        da_r, da_z, da_n = 0.0 * r, 0.0 * z, 0.0 * n
        dh_prev = 0.0 * h_prev

        da = np.concatenate([da_r, da_z, da_n], axis=1)
        self.W_x.grad += x.T @ da
        self.b.grad += da.sum(axis=0)
        # W_h: its first 2H columns have multiplied h_prev, its last H columns r * h_prev
        return da @ self.W_x.data.T, (dh_prev,)
