"""The visual sentinel: what the memory offers to look at when the next word needs no eyes."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import init
from minisat.nn.activations import sigmoid, sigmoid_backward, tanh_backward
from minisat.nn.module import Module, Parameter


class SentinelCache(NamedTuple):
    """What backward remembers."""

    word: np.ndarray         # (N, M)
    h: np.ndarray            # (N, H)
    gate: np.ndarray         # (N, H)
    tanh_memory: np.ndarray  # (N, H)


class Sentinel(Module):
    """s = g ⊙ tanh(memory),  g = σ(word W_x + h W_h + b)  (Lu et al. 2017, eqs. 9 and 10).

    The memory is the LSTM's c (a GRU's h serves as well); the gate opens what the next word could be said from without
    a look. Attention comes before the cell here, so that memory and h are those of the step before. W_x (M, H),
    W_h (H, H), b (H,).
    """

    def __init__(self, M, H, *, rng=None):
        rng = np.random.default_rng(rng)
        self.W_x = Parameter(init.xavier_uniform(rng, (M, H)))
        self.W_h = Parameter(init.xavier_uniform(rng, (H, H)))
        self.b = Parameter(init.zeros((H,)))

    def forward(self, word, h, memory):
        """word (N, M), h (N, H), memory (N, H) → s (N, H)."""
        gate = sigmoid(word @ self.W_x.data + h @ self.W_h.data + self.b.data)
        tanh_memory = get_array_module(memory).tanh(memory)
        return gate * tanh_memory, SentinelCache(word, h, gate, tanh_memory)

    def backward(self, ds, cache):
        """ds (N, H) → (dword (N, M), dh (N, H), dmemory (N, H))."""
        word, h, gate, tanh_memory = cache
        dmemory = tanh_backward(ds * gate, tanh_memory)    # s = g tanh(memory)  ⇒  d tanh = ds g
        dtotal = sigmoid_backward(ds * tanh_memory, gate)  #                        dg = ds tanh(memory)
        self.W_x.grad += word.T @ dtotal
        self.W_h.grad += h.T @ dtotal
        self.b.grad += dtotal.sum(axis=0)
        return dtotal @ self.W_x.data.T, dtotal @ self.W_h.data.T, dmemory
