"""Sparsemax: scores become weights as with the softmax, but the low ones become exactly zero."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


class SparsemaxCache(NamedTuple):
    """What backward remembers."""

    p: np.ndarray  # (..., L)


class Sparsemax(Module):
    """p = the point nearest to z of all that are nowhere negative and sum to 1 (Martins and Astudillo 2016, eq. 2).

    All scores are lowered by one threshold τ, what then lies below zero is cut off, and τ makes the rest sum to 1:

    p_i = max(z_i - τ, 0),  Σ_i p_i = 1                        (Proposition 1)

    The softmax gives every location something. Here those at τ or below get nothing, and no gradient reaches them.
    """

    def forward(self, z):
        """z (..., L) → p (..., L), zero or positive, summing to 1."""
        xp = get_array_module(z)
        z = z - z.max(axis=-1, keepdims=True)                    # a shift moves τ alone; small numbers round less
        # Any k scores: Σ (z_i - τ) ≤ Σ max(z_i - τ, 0) = 1, so τ ≥ (Σ z_i - 1) / k, and for those that stay above τ
        # the two are equal. So τ is the largest of these bounds, and for each k the k largest scores give the largest.
        sums = xp.sort(z, axis=-1)[..., ::-1].cumsum(axis=-1)
        bounds = (sums - 1.0) / xp.arange(1, z.shape[-1] + 1, dtype=z.dtype)
        p = xp.maximum(z - bounds.max(axis=-1, keepdims=True), 0.0)
        return p, SparsemaxCache(p)

    def backward(self, dp, cache):
        """dp → dz."""
        # The n locations with p > 0: p_i = z_i - τ and τ = (Σ_j z_j - 1) / n  ⇒  dz_i = dp_i - Σ_j dp_j / n
        # All others: p_i stays 0                                                ⇒  dz_i = 0
        above = (cache.p > 0).astype(dp.dtype)
        mean = (dp * above).sum(axis=-1, keepdims=True) / above.sum(axis=-1, keepdims=True)
        return (dp - mean) * above
