"""Exercise 13: the backward pass of the additive score, e_i = v · tanh(keys_i + query).

Forward is minisat's own. Replace the three lines of zeros, then run: minisat lesson check 13
"""

from minisat.nn import AdditiveScore


class Score(AdditiveScore):
    """keys (N, L, A), h (N, H) → scores (N, L), with query = h W_h + b (N, A) and v (A,) as self.v."""

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H)). Adds to the gradients of v, W_h and b.

        The cache: h (N, H); hidden (N, L, A), which is tanh(keys_i + query) of each place.
        """
        h, hidden = cache
        v = self.v.data

        dv = 0.0 * v                      # (A,)
        dkeys = 0.0 * hidden              # (N, L, A)
        dquery = 0.0 * hidden[:, 0]       # (N, A)

        self.v.grad += dv
        self.W_h.grad += h.T @ dquery     # query = h W_h + b: the affine map of lesson 1
        if self.b is not None:
            self.b.grad += dquery.sum(axis=0)
        return dkeys, dquery @ self.W_h.data.T
