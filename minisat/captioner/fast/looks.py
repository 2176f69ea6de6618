"""How the fast twins look once the query stands: through Xu's gate, or with a sentinel; forward, and back.

Both share a protocol. `own` is what h, and the word, make with the weights of the look, `memory` the LSTM's c before
the word; n rows are the words of one time step.
"""

from typing import NamedTuple

import numpy as np

from minisat.nn.fast import sigmoid_in_place


class Gated:
    """z = beta Σ alpha a,  beta = σ(f_beta(h)): see AttentionStep."""

    def __init__(self, step):
        self.W_h, self.b = step.f_beta.W, step.f_beta.b

    def forward(self, attention, query, own, memory, rows):
        """query (n, A), own (n, 1) → alpha (n, L), beta (n, 1), z (n, D), and the context (n, D) for backward."""
        alpha, context = attention.forward(query, rows)
        beta = sigmoid_in_place(own.copy())
        return alpha, beta, beta * context, context

    def start_backward(self, R, dtype):
        """Nothing is gathered over the time steps."""

    def backward(self, gathered, attention, sums, query, alpha, beta, context, dz, dalpha, rows):
        """dz (n, D), dalpha (n, L) → (dquery (n, A), down (n, 1), dmemory, dcontext (n, D))."""
        dbeta = (dz * context).sum(axis=1, keepdims=True)              # z = beta context
        dcontext = dz * beta
        de = attention.score_gradient(alpha, dcontext, dalpha, rows)
        return attention.backward(sums, query, de), dbeta * beta * (1.0 - beta), 0.0, dcontext

    def finish_backward(self, gathered, contexts):
        """Nothing is left to do."""


class Remembered(NamedTuple):
    """What one step with a sentinel remembers."""

    gate: np.ndarray         # (n, H)
    tanh_memory: np.ndarray  # (n, H)
    s: np.ndarray            # (n, H) the sentinel
    hidden: np.ndarray       # (n, A) tanh(s W_key + query)
    value: np.ndarray        # (n, D)


class WithSentinel:
    """z = Σ alpha a + share value, alpha and share made of scores together: see SentinelStep."""

    def __init__(self, step):
        self.key, self.value = step.sentinel_key, step.sentinel_value
        self.A = self.key.W.shape[1]
        self.W = np.hstack([self.key.W.data, self.value.W.data])       # key and value in one product
        self.W_h, self.b = step.sentinel.W_h, step.sentinel.b

    def forward(self, attention, query, own, memory, rows=None, photo=None):
        """query (n, A), own (n, H), memory (n, H) → alpha (n, L), beta (n, 1), z (n, D), Remembered."""
        gate, tanh_memory = sigmoid_in_place(own.copy()), np.tanh(memory)
        s = gate * tanh_memory
        of_s = s @ self.W
        hidden, value = of_s[:, :self.A], of_s[:, self.A:]
        hidden += query
        np.tanh(hidden, out=hidden)
        value += self.value.b.data
        scores = np.hstack([attention.scores(query, photo), (hidden @ attention.v)[:, None]])
        weights = attention.normaliser.in_place(scores)
        alpha, share = weights[:, :-1], weights[:, -1:]
        z = attention.contexts(alpha, photo)
        z += share * value
        return alpha, 1.0 - share, z, Remembered(gate, tanh_memory, s, hidden, value)

    def start_backward(self, R, dtype):
        """Room for the gradients of all words' keys and values, (R, A + D)."""
        return np.empty((R, self.W.shape[1]), dtype)

    def backward(self, gathered, attention, sums, query, alpha, beta, remembered, dz, dalpha, rows):
        """dz (n, D), dalpha (n, L) → (dquery (n, A), down (n, H), dmemory (n, H), dcontext (n, D))."""
        gate, tanh_memory, _, hidden, value = remembered
        share = 1.0 - beta
        dshare = (dz * value).sum(axis=1, keepdims=True)               # z = Σ alpha a + share value
        d = gathered[rows]
        np.multiply(share, dz, out=d[:, self.A:])
        dalpha = attention.alpha_gradient(dz, rows) + dalpha
        de = attention.normaliser.gradient_in_place(np.hstack([dalpha, dshare]), np.hstack([alpha, share]))
        de, de_s = de[:, :-1], de[:, -1:]
        dquery = attention.backward(sums, query, de)
        squares = hidden * hidden
        dquery -= de_s * attention.v * squares                         # the sentinel is one place more
        sums.dv[...] += de_s[:, 0] @ hidden                            # e_s = v · hidden
        np.multiply(de_s * attention.v, 1.0 - squares, out=d[:, :self.A])
        ds = (self.W @ d.T).T
        dmemory = ds * gate * (1.0 - tanh_memory * tanh_memory)        # s = gate tanh(memory)
        ds *= tanh_memory
        ds *= gate * (1.0 - gate)
        return dquery, ds, dmemory, dz

    def finish_backward(self, gathered, remembered):
        """Of all words, once: each weight gradient is one product."""
        dW = np.concatenate([step.s for step in remembered]).T @ gathered
        self.key.W.grad += dW[:, :self.A]
        self.value.W.grad += dW[:, self.A:]
        self.value.b.grad += gathered[:, self.A:].sum(axis=0)
