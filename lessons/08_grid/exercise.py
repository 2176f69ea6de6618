"""Exercise 8: the backward passes of the step from maps to a grid, and of the mean over its places.

Forward is minisat's own. Replace the two zeros, then run: minisat lesson check 8
"""

import numpy as np

from minisat.nn import Grid, MeanOverLocations


class Places(Grid):
    """x (N, D, h, w) → a (N, L, D): place l = r · w + s has the D numbers that the maps hold in row r, column s."""

    def backward(self, da, cache):
        """da (N, L, D) → dx (N, D, h, w): each number goes back to where it came from."""
        ((N, D, h, w),) = cache

        dx = 0.0 * da.reshape(N, D, h, w)    # the right shape; but is each number in its place?
        return dx


class Mean(MeanOverLocations):
    """a (N, L, D) → the mean over the L places (N, D)."""

    def backward(self, dmean, cache):
        """dmean (N, D) → da (N, L, D)."""
        (L,) = cache
        N, D = dmean.shape

        da = np.zeros((N, L, D))             # what goes to each place
        return da
