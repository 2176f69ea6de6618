"""Exercise 16: the backward pass of hard attention, from what it gives back to the scores.

Forward is minisat's own. Replace the three lines that are 0, then run: minisat lesson check 16
"""

from minisat.nn import HardAttention


class PickOne(HardAttention):
    """scores (N, L) → weights (N, L), alpha (N, L), log_p (N,), entropy (N,).

    weights: onehot(s) in a row where a place s was drawn, alpha itself in a row that looks softly.
    log_p: log alpha_s where a place was drawn, and the constant 0 in a row that looks softly.
    """

    def backward(self, upstream, cache):
        """(dweights, dalpha (N, L), dlog_p, dentropy (N,)) → dscores (N, L).

        The cache: alpha (N, L); log_alpha (N, L); onehot (N, L), a row of zeros where attention looks softly;
        entropy (N,). In training dlog_p is (C − b), times what the loss weighs it with.
        """
        dweights, dalpha, dlog_p, dentropy = upstream
        alpha, log_alpha, onehot, entropy = cache
        drawn = onehot.sum(axis=1, keepdims=True)   # (N, 1): 1 where a place was drawn, 0 where attention looks softly

        de = 0.0 * alpha               # what a nudge of each score does to log_p, times dlog_p
        de += 0.0 * alpha              # what it does to the entropy, times dentropy
        dalpha = dalpha + 0.0          # weights = alpha in soft rows: what reaches alpha from dweights there?

        de += alpha * (dalpha - (dalpha * alpha).sum(axis=1, keepdims=True))   # the softmax, as in lesson 14
        return de / self.temperature   # alpha = softmax(scores / temperature)
