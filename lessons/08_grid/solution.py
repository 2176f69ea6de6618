"""Exercise 8, solved: the backward passes of the step from maps to a grid, and of the mean over its places.

Two ways to get it wrong:

* `da.reshape(N, D, h, w)`. The shape is right and every number in the wrong place: cut the axis first, then move D.
* Leaving `/ L` out. Nothing breaks, and the CNN before it learns 49 times as fast as it should.
"""

import numpy as np

from minisat.nn import Grid, MeanOverLocations


class Places(Grid):
    """x (N, D, h, w) → a (N, L, D): place l = r · w + s has the D numbers that the maps hold in row r, column s."""

    def backward(self, da, cache):
        """da (N, L, D) → dx (N, D, h, w): each number goes back to where it came from."""
        ((N, D, h, w),) = cache

        rows = da.reshape(N, h, w, D)        # L = h·w, row by row: an axis can be cut where it was joined
        dx = rows.transpose(0, 3, 1, 2)      # (N, D, h, w): forward had moved D to the end
        return dx


class Mean(MeanOverLocations):
    """a (N, L, D) → the mean over the L places (N, D)."""

    def backward(self, dmean, cache):
        """dmean (N, D) → da (N, L, D)."""
        (L,) = cache
        N, D = dmean.shape

        da = np.zeros((N, L, D))
        da += dmean[:, None, :] / L          # mean = Σ_l a_l / L  ⇒  da_l = dmean / L, for every l
        return da
