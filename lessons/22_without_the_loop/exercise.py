"""Exercise 22: the backward pass of scaled dot-product attention, y = softmax(Q Kᵀ / √d) V, with its mask.

Forward is minisat's own. Replace the lines of zeros, then run: minisat lesson check 22
"""

from minisat.nn import ScaledDotProduct


class Asking(ScaledDotProduct):
    """queries (…, T, d), keys (…, S, d), values (…, S, e) → (y (…, T, e), weights (…, T, S)).

    In front may stand any axes: sentences, heads. With `causal=True` the weights of what comes later are 0.
    """

    def backward(self, upstream, cache):
        """(dy (…, T, e), dweights (…, T, S), or None for zero) → (dqueries, dkeys, dvalues)."""
        dy, dweights = upstream
        queries, keys, values, weights = cache

        dvalues = 0.0 * values
        dqueries = 0.0 * queries
        dkeys = 0.0 * keys

        return dqueries, dkeys, dvalues
