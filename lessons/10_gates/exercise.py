"""Exercise 10: the backward pass of the LSTM cell, entry by entry.

Forward is minisat's own. Replace the zeros, then run: minisat lesson check 10
"""

import numpy as np

from minisat.nn import LSTMCell


class Gates(LSTMCell):
    """c = f c_prev + i g and h = o tanh(c), where i, f, o = σ(a) and g = tanh(a), each with its own columns of a.

    a = x W_x + h_prev W_h + b, with self.W_x (D_in, 4H), self.W_h (H, 4H), self.b (4H,), gates in the order i, f, g, o.
    """

    def backward(self, dstate, cache):
        """dstate (dh, dc), each (N, H) → dx (N, D_in), (dh_prev, dc_prev), each (N, H).

        The check's table calls dh_prev state.0 and dc_prev state.1.
        """
        x, h_prev, c_prev, gates, tanh_c = cache
        i, f, g, o = np.split(gates, 4, axis=1)        # each (N, H)
        dh, dc = dstate

        # h = o tanh(c)
        do = 0.0 * dh
        dc = dc + 0.0                                  # what comes through h is added to what comes along the road

        # c = f c_prev + i g
        di, df, dg = 0.0 * dc, 0.0 * dc, 0.0 * dc
        dc_prev = 0.0 * dc

        # i, f, o = σ(a), g = tanh(a)
        da_i, da_f, da_g, da_o = 0.0 * di, 0.0 * df, 0.0 * dg, 0.0 * do

        # a = x W_x + h_prev W_h + b: as in exercise 9
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
        self.W_x.grad += x.T @ da
        self.W_h.grad += h_prev.T @ da
        self.b.grad += da.sum(axis=0)
        return da @ self.W_x.data.T, (da @ self.W_h.data.T, dc_prev)
