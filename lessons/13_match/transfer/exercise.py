"""Exercise 13b: the general score, e_i = keys_i · (h W_h) (Luong et al. 2015), which the page names and does not
derive.

Forward is minisat's own. Write the way back, then run: minisat lesson check 13b
"""

from minisat.nn import GeneralScore


class Match(GeneralScore):
    """keys (N, L, A), h (N, H) → scores (N, L), with W_h (H, A) as self.W_h."""

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H)). Adds to self.W_h.grad. In the cache query = h W_h (N, A)."""
        keys, h, query = cache

        dkeys = 0.0 * keys
        dh = 0.0 * h
        return dkeys, dh
