"""Exercise 16, solved: the backward pass of hard attention.

Two ways to get it wrong:

* Giving `dweights` on to alpha where a place was drawn: a choice has no slope, and that one looks like a gradient.
* `onehot` without `- alpha`. Every draw then raises its own place, good or bad, and only the baseline holds it back.
"""

from minisat.nn import HardAttention


class PickOne(HardAttention):
    """scores (N, L) → weights (N, L), alpha (N, L), log_p (N,), entropy (N,)."""

    def backward(self, upstream, cache):
        """(dweights, dalpha (N, L), dlog_p, dentropy (N,)) → dscores (N, L)."""
        dweights, dalpha, dlog_p, dentropy = upstream
        alpha, log_alpha, onehot, entropy = cache
        drawn = onehot.sum(axis=1, keepdims=True)

        de = dlog_p[:, None] * (onehot - drawn * alpha)                       # ∂ log alpha_s / ∂e = onehot(s) − alpha
        de -= dentropy[:, None] * alpha * (log_alpha + entropy[:, None])      # ∂H/∂e_j = −alpha_j (log alpha_j + H)
        dalpha = dalpha + (1.0 - drawn) * dweights                            # a drawn place is a constant: nothing

        de += alpha * (dalpha - (dalpha * alpha).sum(axis=1, keepdims=True))
        return de / self.temperature
