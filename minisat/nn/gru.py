"""The GRU cell (Cho et al. 2014), with the reset gate before or after the product."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import init
from minisat.nn.activations import sigmoid, sigmoid_backward, tanh_backward
from minisat.nn.cell import Cell
from minisat.nn.module import Parameter


class GRUCache(NamedTuple):
    """What backward remembers."""

    x: np.ndarray       # (N, D_in)
    h_prev: np.ndarray  # (N, H)
    r: np.ndarray       # (N, H) reset gate
    z: np.ndarray       # (N, H) update gate
    n: np.ndarray       # (N, H) proposed state
    inner: np.ndarray   # (N, H) what the reset gate multiplies


class GRUCell(Cell):
    """r, z = σ(x W_x + h_prev W_h + b),  h = z h_prev + (1 - z) n  (Cho et al. 2014, eqs. 5 to 8), where

    `reset_after=False`: n = tanh(x W_x + (r h_prev) W_h + b), as in the paper;
    `reset_after=True`:  n = tanh(x W_x + r (h_prev W_h + b_h) + b), as cuDNN and PyTorch have it.

    W_x (D_in, 3H), W_h (H, 3H), b (3H,), blocks in the order r, z, n; b_h (H,) with `reset_after` only.
    """

    gates = 3

    def __init__(self, D_in, H, *, reset_after=False, rng=None):
        super().__init__(D_in, H, rng=rng)
        self.reset_after = reset_after
        self.b_h = Parameter(init.zeros((H,))) if reset_after else None

    def forward(self, x, state):
        """x (N, D_in), state (h_prev (N, H),) → state (h (N, H),)."""
        (h_prev,) = state
        H, W_h = self.H, self.W_h.data
        a = x @ self.W_x.data + self.b.data
        rz = sigmoid(a[:, :2 * H] + h_prev @ W_h[:, :2 * H])
        r, z = rz[:, :H], rz[:, H:]
        if self.reset_after:
            inner = h_prev @ W_h[:, 2 * H:] + self.b_h.data
            from_h = r * inner
        else:
            inner = h_prev
            from_h = (r * inner) @ W_h[:, 2 * H:]
        n = get_array_module(x).tanh(a[:, 2 * H:] + from_h)
        return (z * h_prev + (1.0 - z) * n,), GRUCache(x, h_prev, r, z, n, inner)

    def backward(self, dstate, cache):
        """dstate (dh,) → dx (N, D_in), (dh_prev (N, H),)."""
        x, h_prev, r, z, n, inner = cache
        (dh,) = dstate
        H, W_h, dW_h = self.H, self.W_h.data, self.W_h.grad
        da_n = tanh_backward(dh * (1.0 - z), n)           # h = z h_prev + (1 - z) n
        da_z = sigmoid_backward(dh * (h_prev - n), z)
        dh_prev = dh * z
        if self.reset_after:                              # from_h = r (h_prev W_hn + b_h)
            dr, dproduct = da_n * inner, da_n * r
            dW_h[:, 2 * H:] += h_prev.T @ dproduct
            self.b_h.grad += dproduct.sum(axis=0)
            dh_prev += dproduct @ W_h[:, 2 * H:].T
        else:                                             # from_h = (r h_prev) W_hn
            dgated = da_n @ W_h[:, 2 * H:].T
            dr = dgated * inner
            dW_h[:, 2 * H:] += (r * inner).T @ da_n
            dh_prev += dgated * r
        da_rz = get_array_module(dh).concatenate([sigmoid_backward(dr, r), da_z], axis=1)
        dW_h[:, :2 * H] += h_prev.T @ da_rz               # a_rz = x W_x + h_prev W_h + b
        dh_prev += da_rz @ W_h[:, :2 * H].T
        da = get_array_module(dh).concatenate([da_rz, da_n], axis=1)
        self.W_x.grad += x.T @ da                         # dW_x = xᵀ da
        self.b.grad += da.sum(axis=0)                     # db = Σ da
        return da @ self.W_x.data.T, (dh_prev,)
