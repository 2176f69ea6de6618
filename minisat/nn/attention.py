"""Additive attention: how well each location fits what the decoder is about to say."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import init
from minisat.nn.module import Module, Parameter


class AdditiveScoreCache(NamedTuple):
    """What backward remembers."""

    h: np.ndarray       # (N, H)
    hidden: np.ndarray  # (N, L, A)


class AdditiveScore(Module):
    """e_i = v · tanh(keys_i + h W_h + b)  (Bahdanau et al. 2015, appendix A.1.2; f_att of Xu et al. 2015, eq. 4).

    The keys are the features' projection a_i W_a, made once per photo by a `Linear(D, A, bias=False)`. Softmax
    of the scores gives alpha (Xu et al. 2015, eq. 5). W_h (H, A), b (A,) or None with `bias=False`, v (A,).
    """

    def __init__(self, A, H, *, bias=True, rng=None):
        rng = np.random.default_rng(rng)
        self.W_h = Parameter(init.xavier_uniform(rng, (H, A)))
        self.b = Parameter(init.zeros((A,))) if bias else None
        self.v = Parameter(init.xavier_uniform(rng, (A, 1))[:, 0].copy())

    def query(self, h):
        """h (N, H) → h W_h + b (N, A), what is asked of every location."""
        query = h @ self.W_h.data
        return query if self.b is None else query + self.b.data

    def forward(self, keys, h):
        """keys (N, L, A), h (N, H) → scores (N, L)."""
        N, L, A = keys.shape
        hidden = get_array_module(keys).tanh(keys + self.query(h)[:, None, :])
        return (hidden.reshape(N * L, A) @ self.v.data).reshape(N, L), AdditiveScoreCache(h, hidden)

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H))."""
        h, hidden = cache
        A = hidden.shape[-1]
        self.v.grad += dscores.reshape(-1) @ hidden.reshape(-1, A)     # e_i = v · hidden_i  ⇒  dv = Σ de_i hidden_i
        dkeys = dscores[:, :, None] * self.v.data * (1.0 - hidden * hidden)  # tanh' = 1 - tanh²
        dquery = dkeys.sum(axis=1)                                     # the query was added to every location
        self.W_h.grad += h.T @ dquery                                  # query = h W_h + b  ⇒  dW_h = hᵀ dquery
        if self.b is not None:
            self.b.grad += dquery.sum(axis=0)                          #                       db = Σ dquery
        return dkeys, dquery @ self.W_h.data.T                         #                       dh = dquery W_hᵀ
