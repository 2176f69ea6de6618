"""The LSTM cell (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000)."""

from typing import NamedTuple

import numpy as np

from minisat.backend import accelerated, get_array_module
from minisat.nn.activations import sigmoid, sigmoid_backward, tanh_backward
from minisat.nn.cell import Cell


@accelerated
def lstm_gates(a, c_prev):
    """Everything elementwise: a (N, 4H), c_prev (N, H) → h, c (N, H), gates (N, 4H), tanh_c (N, H).

    [i f g o] = [σ σ tanh σ](a),  c = f c_prev + i g,  h = o tanh(c)
    """
    xp = get_array_module(a)
    H = c_prev.shape[1]
    i, f, g, o = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), xp.tanh(a[:, 2 * H:3 * H]), sigmoid(a[:, 3 * H:])
    c = f * c_prev + i * g
    tanh_c = xp.tanh(c)
    return o * tanh_c, c, xp.concatenate([i, f, g, o], axis=1), tanh_c


@accelerated
def lstm_gates_backward(dh, dc, gates, c_prev, tanh_c):
    """dh, dc (N, H) and what forward kept → da (N, 4H), dc_prev (N, H)."""
    xp = get_array_module(dh)
    H = c_prev.shape[1]
    i, f, g, o = gates[:, :H], gates[:, H:2 * H], gates[:, 2 * H:3 * H], gates[:, 3 * H:]
    do = dh * tanh_c                               # h = o tanh(c)  ⇒  do = dh tanh(c)
    dc = dc + tanh_backward(dh * o, tanh_c)        #                   dc += dh o (1 - tanh²(c))
    di, df, dg = dc * g, dc * c_prev, dc * i       # c = f c_prev + i g
    da = xp.concatenate([sigmoid_backward(di, i), sigmoid_backward(df, f),
                         tanh_backward(dg, g), sigmoid_backward(do, o)], axis=1)
    return da, dc * f                              # c = f c_prev + i g  ⇒  dc_prev = dc f


class LSTMCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray       # (N, D_in)
    h_prev: np.ndarray  # (N, H)
    c_prev: np.ndarray  # (N, H)
    gates: np.ndarray   # (N, 4H) i, f, g, o after their nonlinearities
    tanh_c: np.ndarray  # (N, H)


class LSTMCell(Cell):
    """a = x W_x + h_prev W_h + b, then the gates  (Xu et al. 2015, eqs. 1 to 3).

    W_x (D_in, 4H), W_h (H, 4H), b (4H,), gates in the order i, f, g, o. The forget gate's bias starts at
    `forget_bias`: 1 lets a fresh cell remember (Jozefowicz et al. 2015).
    """

    gates = 4
    state_size = 2

    def __init__(self, D_in, H, *, rng=None, forget_bias=1.0):
        super().__init__(D_in, H, rng=rng)
        self.b.data[H:2 * H] = forget_bias

    def forward(self, x, state):
        """x (N, D_in), state (h_prev, c_prev), each (N, H) → state (h, c)."""
        h_prev, c_prev = state
        a = x @ self.W_x.data + h_prev @ self.W_h.data + self.b.data
        h, c, gates, tanh_c = lstm_gates(a, c_prev)
        return (h, c), LSTMCache(x, h_prev, c_prev, gates, tanh_c)

    def backward(self, dstate, cache):
        """dstate (dh, dc) → dx (N, D_in), (dh_prev, dc_prev)."""
        x, h_prev, c_prev, gates, tanh_c = cache
        dh, dc = dstate
        da, dc_prev = lstm_gates_backward(dh, dc, gates, c_prev, tanh_c)
        self.W_x.grad += x.T @ da         # a = x W_x + h_prev W_h + b  ⇒  dW_x = xᵀ da
        self.W_h.grad += h_prev.T @ da    #                                dW_h = h_prevᵀ da
        self.b.grad += da.sum(axis=0)     #                                db = Σ da
        return da @ self.W_x.data.T, (da @ self.W_h.data.T, dc_prev)
