"""Scaled dot-product attention: every query asks every key, all at once, and takes the mean of the values."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


class ScaledDotProductCache(NamedTuple):
    """What backward remembers."""

    queries: np.ndarray  # (..., T, d)
    keys: np.ndarray     # (..., S, d)
    values: np.ndarray   # (..., S, e)
    weights: np.ndarray  # (..., T, S)


class ScaledDotProduct(Module):
    """y = softmax(Q Kᵀ / √d) V  (Vaswani et al. 2017, eq. 1).

    Where entries are independent and of variance 1, a dot product of length d has the variance d; divided by √d it has
    the variance 1 again, and the softmax is not saturated. With `causal=True` (section 3.2.3) nobody sees what comes
    later: the T queries are the last T of the S places, and query t sees the keys 0 … t + S − T.
    """

    def __init__(self, causal=False):
        self.causal = causal

    def forward(self, queries, keys, values):
        """queries (..., T, d), keys (..., S, d), values (..., S, e) → (y (..., T, e), weights (..., T, S))."""
        xp = get_array_module(queries)
        T, S, d = *queries.shape[-2:-1], *keys.shape[-2:]
        scores = queries @ keys.swapaxes(-1, -2) / d**0.5
        if self.causal:
            seen = xp.arange(S) <= xp.arange(S - T, S)[:, None]
            scores = xp.where(seen, scores, -xp.inf)  # before the softmax: then the weights of the others sum to 1
        e = xp.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = e / e.sum(axis=-1, keepdims=True)
        return (weights @ values, weights), ScaledDotProductCache(queries, keys, values, weights)

    def backward(self, upstream, cache):
        """(dy (..., T, e), dweights (..., T, S) or None for zero) → (dqueries, dkeys, dvalues)."""
        dy, dweights = upstream
        queries, keys, values, weights = cache
        dvalues = weights.swapaxes(-1, -2) @ dy                  # Y = A V  ⇒  dV = Aᵀ dY
        dfrom_y = dy @ values.swapaxes(-1, -2)                   #             dA = dY Vᵀ
        dweights = dfrom_y if dweights is None else dfrom_y + dweights
        mean = (weights * dweights).sum(axis=-1, keepdims=True)
        dscores = weights * (dweights - mean)                    # the softmax, row by row: 0 where the mask left 0
        dscores = dscores / keys.shape[-1]**0.5
        return dscores @ keys, dscores.swapaxes(-1, -2) @ queries, dvalues  # S = Q Kᵀ  ⇒  dQ = dS K,  dK = dSᵀ Q
