"""Exercise 10, solved: the backward pass of the LSTM cell, entry by entry.

Two ways to get it wrong:

* `dc = dh * o * …`, without adding what arrives: the road through time is cut, which is the fault that the gates are
  there to cure.
* The slope of a sigmoid at g, g (1 − g): g comes from a tanh.
"""

import numpy as np

from minisat.nn import LSTMCell


class Gates(LSTMCell):
    """c = f c_prev + i g and h = o tanh(c), where i, f, o = σ(a) and g = tanh(a), each with its own columns of a.

    a = x W_x + h_prev W_h + b, with self.W_x (D_in, 4H), self.W_h (H, 4H), self.b (4H,), gates in the order i, f, g, o.
    """

    def backward(self, dstate, cache):
        """dstate (dh, dc), each (N, H) → dx (N, D_in), (dh_prev, dc_prev), each (N, H)."""
        x, h_prev, c_prev, gates, tanh_c = cache
        i, f, g, o = np.split(gates, 4, axis=1)
        dh, dc = dstate

        # h = o tanh(c)
        do = dh * tanh_c
        dc = dc + dh * o * (1 - tanh_c**2)             # c is used twice: by h, and by the next step

        # c = f c_prev + i g: each factor gets the other one
        di, df, dg = dc * g, dc * c_prev, dc * i
        dc_prev = dc * f                               # the road: nothing but f

        # i, f, o = σ(a) with the slope σ (1 - σ), g = tanh(a) with the slope 1 - g²
        da_i, da_f, da_g, da_o = di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)

        # a = x W_x + h_prev W_h + b: as in exercise 9
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
        self.W_x.grad += x.T @ da
        self.W_h.grad += h_prev.T @ da
        self.b.grad += da.sum(axis=0)
        return da @ self.W_x.data.T, (da @ self.W_h.data.T, dc_prev)
