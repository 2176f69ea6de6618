"""A bag of rows: one vector as the mean of several, in any order."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, scatter_add
from minisat.nn import Module, Parameter
from minisat.word2vec.start import small_uniform


class BagCache(NamedTuple):
    """What backward remembers."""

    ids: np.ndarray    # (N, B)
    mask: np.ndarray   # (N, B) 1 or 0
    share: np.ndarray  # (N, 1) 1 / (how many are in the bag)


class Bag(Module):
    """h = (1/|bag|) Σ_{v in bag} W_v (Rong 2014, section 1.2). W (V, M) starts uniform in ±1/M.

    `exact=False` leaves the factor 1/|bag| out of the backward pass, as word2vec.c, gensim and fastText do: every
    member moves by all of dh. That is no gradient, but a step |bag| times as long, which their usual learning
    rates count on (İrsoy, Benton & Stratos 2021).
    """

    def __init__(self, V, M, exact=True, *, rng=None):
        self.W = Parameter(small_uniform(np.random.default_rng(rng), (V, M)))
        self.exact = exact

    def forward(self, ids, mask):
        """ids (N, B), mask (N, B) true where an entry is in the bag → h (N, M); an empty bag gives 0."""
        xp = get_array_module(self.W.data)
        mask = mask.astype(self.W.data.dtype)
        share = 1.0 / xp.maximum(mask.sum(axis=1, keepdims=True), 1)
        return (self.W.data[ids] * mask[:, :, None]).sum(axis=1) * share, BagCache(ids, mask, share)

    def backward(self, dh, cache):
        """dh (N, M) → (None, None). Adds to each member's row its part of dh."""
        ids, mask, share = cache
        # h = share Σ_b mask_b W_id(b)  ⇒  dW_v = Σ of share dh over all bags with v, repeats included
        part = dh * share if self.exact else dh
        rows = mask[:, :, None] * part[:, None]
        scatter_add(self.W.grad, ids.reshape(-1), rows.reshape(-1, dh.shape[1]))
        return None, None

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient, how many terms each row's gradient sums up (R,))]."""
        xp = get_array_module(cache.ids)
        rows, where = xp.unique(cache.ids, return_inverse=True)
        terms = cache.mask * cache.share if self.exact else cache.mask
        return [(self.W, rows, xp.bincount(where.reshape(-1), terms.reshape(-1), len(rows)))]
