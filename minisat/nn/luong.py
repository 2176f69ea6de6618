"""Luong's attention scores: dot, general and concat (Luong et al. 2015, section 3.1), beside the additive one.

All take the keys, the features' projection a_i W_a that is made once per photo, and the decoder's state h.
"""

from typing import NamedTuple

import numpy as np

from minisat.nn import init
from minisat.nn.attention import AdditiveScore
from minisat.nn.module import Module, Parameter


class DotScoreCache(NamedTuple):
    """What backward remembers."""

    keys: np.ndarray  # (N, L, H)
    h: np.ndarray     # (N, H)


class DotScore(Module):
    """e_i = keys_i · h. No weights of its own, so the keys must be as wide as the state."""

    def forward(self, keys, h):
        """keys (N, L, H), h (N, H) → scores (N, L)."""
        return (keys @ h[:, :, None])[:, :, 0], DotScoreCache(keys, h)

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, H), dh (N, H))."""
        keys, h = cache
        dkeys = dscores[:, :, None] * h[:, None, :]      # e_i = keys_i · h  ⇒  dkeys_i = de_i h
        return dkeys, (dscores[:, None, :] @ keys)[:, 0]  #                     dh = Σ de_i keys_i


class GeneralScoreCache(NamedTuple):
    """What backward remembers."""

    keys: np.ndarray   # (N, L, A)
    h: np.ndarray      # (N, H)
    query: np.ndarray  # (N, A)


class GeneralScore(Module):
    """e_i = keys_i · (h W_h). W_h (H, A).

    With keys_i = a_i W_a this is Luong's a_iᵀ W h, its matrix W = W_a W_hᵀ in two factors with A in the middle.
    """

    def __init__(self, A, H, *, rng=None):
        self.W_h = Parameter(init.xavier_uniform(np.random.default_rng(rng), (H, A)))

    def forward(self, keys, h):
        """keys (N, L, A), h (N, H) → scores (N, L)."""
        query = h @ self.W_h.data
        return (keys @ query[:, :, None])[:, :, 0], GeneralScoreCache(keys, h, query)

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H))."""
        keys, h, query = cache
        dkeys = dscores[:, :, None] * query[:, None, :]    # e_i = keys_i · query  ⇒  dkeys_i = de_i query
        dquery = (dscores[:, None, :] @ keys)[:, 0]        #                          dquery = Σ de_i keys_i
        self.W_h.grad += h.T @ dquery                      # query = h W_h  ⇒  dW_h = hᵀ dquery
        return dkeys, dquery @ self.W_h.data.T             #                   dh = dquery W_hᵀ


class ConcatScore(AdditiveScore):
    """e_i = v · tanh([a_i, h] W), which is v · tanh(a_i W_a + h W_h): the additive score without its bias.

    W's upper rows W_a make the keys, its lower rows W_h (H, A) are here; v (A,).
    """

    def __init__(self, A, H, *, rng=None):
        super().__init__(A, H, bias=False, rng=rng)
