"""The LSTM cell (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000)."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, twinned
from minisat.nn.activations import sigmoid, sigmoid_backward, tanh_backward
from minisat.nn.cell import Cell


class LSTMCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray       # (N, D_in)
    h_prev: np.ndarray  # (N, H)
    c_prev: np.ndarray  # (N, H)
    gates: np.ndarray   # (N, 4H) i, f, g, o after their nonlinearities
    tanh_c: np.ndarray  # (N, H)


class LSTMCell(Cell):
    """c = f c_prev + i g and h = o tanh(c), [i f g o] = [σ σ tanh σ](a), a = x W_x + h_prev W_h + b.

    (Xu et al. 2015, eqs. 1 to 3.) W_x (D_in, 4H), W_h (H, 4H), b (4H,), gates in the order i, f, g, o. The forget
    gate's bias starts at `forget_bias`: 1 lets a fresh cell remember (Jozefowicz et al. 2015).
    """

    gates = 4
    state_size = 2

    def __init__(self, D_in, H, *, rng=None, forget_bias=1.0):
        super().__init__(D_in, H, rng=rng)
        self.b.data[H:2 * H] = forget_bias

    @twinned
    def forward(self, x, state):
        """x (N, D_in), state (h_prev, c_prev), each (N, H) → state (h, c)."""
        (h_prev, c_prev), xp = state, get_array_module(x)
        a = x @ self.W_x.data + h_prev @ self.W_h.data + self.b.data
        i, f, g, o = xp.split(a, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), xp.tanh(g), sigmoid(o)
        c = f * c_prev + i * g
        tanh_c = xp.tanh(c)
        return (o * tanh_c, c), LSTMCache(x, h_prev, c_prev, xp.concatenate([i, f, g, o], axis=1), tanh_c)

    @twinned
    def backward(self, dstate, cache):
        """dstate (dh, dc) → dx (N, D_in), (dh_prev, dc_prev)."""
        x, h_prev, c_prev, gates, tanh_c = cache
        (dh, dc), xp = dstate, get_array_module(x)
        i, f, g, o = xp.split(gates, 4, axis=1)
        do = dh * tanh_c                               # h = o tanh(c)  ⇒  do = dh tanh(c)
        dc = dc + tanh_backward(dh * o, tanh_c)        #                   dc += dh o (1 - tanh²(c))
        di, df, dg = dc * g, dc * c_prev, dc * i       # c = f c_prev + i g
        dc_prev = dc * f                               #                ⇒  dc_prev = dc f
        da = xp.concatenate([sigmoid_backward(di, i), sigmoid_backward(df, f),
                             tanh_backward(dg, g), sigmoid_backward(do, o)], axis=1)
        self.W_x.grad += x.T @ da         # a = x W_x + h_prev W_h + b  ⇒  dW_x = xᵀ da
        self.W_h.grad += h_prev.T @ da    #                                dW_h = h_prevᵀ da
        self.b.grad += da.sum(axis=0)     #                                db = Σ da
        return da @ self.W_x.data.T, (da @ self.W_h.data.T, dc_prev)
