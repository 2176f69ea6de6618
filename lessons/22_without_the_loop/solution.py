"""Exercise 22, solved: the backward pass of scaled dot-product attention, y = softmax(Q Kᵀ / √d) V, with its mask.

Two ways to get it wrong:

* Forgetting √d on the way back: it divides the scores, so it divides their gradient.
* Masking the gradient with −∞, as the scores were. A share of 0 makes a gradient of 0 by itself.
"""

from minisat.nn import ScaledDotProduct


class Asking(ScaledDotProduct):
    """queries (…, T, d), keys (…, S, d), values (…, S, e) → (y (…, T, e), weights (…, T, S))."""

    def backward(self, upstream, cache):
        """(dy (…, T, e), dweights (…, T, S), or None for zero) → (dqueries, dkeys, dvalues)."""
        dy, dweights = upstream
        queries, keys, values, weights = cache

        dvalues = weights.swapaxes(-1, -2) @ dy                          # Y = A V
        dshares = dy @ values.swapaxes(-1, -2)
        if dweights is not None:
            dshares = dshares + dweights                                 # the weights were used twice
        mean = (weights * dshares).sum(axis=-1, keepdims=True)           # one number a row
        dscores = weights * (dshares - mean) / keys.shape[-1]**0.5       # S = Q Kᵀ / √d
        dqueries = dscores @ keys
        dkeys = dscores.swapaxes(-1, -2) @ queries

        return dqueries, dkeys, dvalues
