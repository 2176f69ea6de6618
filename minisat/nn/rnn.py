"""The plain recurrent cell (Elman 1990)."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.activations import tanh_backward
from minisat.nn.cell import Cell


class RNNCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray       # (N, D_in)
    h_prev: np.ndarray  # (N, H)
    h: np.ndarray       # (N, H)


class RNNCell(Cell):
    """h = tanh(x W_x + h_prev W_h + b). W_x (D_in, H), W_h (H, H), b (H,)."""

    def forward(self, x, state):
        """x (N, D_in), state (h_prev (N, H),) → state (h (N, H),)."""
        (h_prev,) = state
        h = get_array_module(x).tanh(x @ self.W_x.data + h_prev @ self.W_h.data + self.b.data)
        return (h,), RNNCache(x, h_prev, h)

    def backward(self, dstate, cache):
        """dstate (dh,) → dx (N, D_in), (dh_prev (N, H),)."""
        x, h_prev, h = cache
        (dh,) = dstate
        da = tanh_backward(dh, h)         # h = tanh(a)  ⇒  da = dh (1 - h²)
        self.W_x.grad += x.T @ da         # a = x W_x + h_prev W_h + b  ⇒  dW_x = xᵀ da
        self.W_h.grad += h_prev.T @ da    #                                dW_h = h_prevᵀ da
        self.b.grad += da.sum(axis=0)     #                                db = Σ da
        return da @ self.W_x.data.T, (da @ self.W_h.data.T,)
