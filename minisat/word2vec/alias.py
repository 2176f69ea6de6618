"""The alias table: one draw from any fixed distribution at the price of two numbers (Walker 1977; Vose 1991)."""

import numpy as np


class AliasTable:
    """Draws ids 0..V-1 with P(v) ∝ weights[v]; weights (V,), not negative, not all zero (else ValueError).

    Lay the V probabilities, times V, as columns beside each other: their mean height is 1. What stands above 1 in a
    rich column fills up a poor one, which keeps the name of its one donor, its alias. Then every column is 1 high, and
    a draw is a column, uniform, and a height: below the column's own part it is the column's id, above it the alias.
    """

    def __init__(self, weights):
        weights = np.asarray(weights, np.float64)
        if weights.ndim != 1 or not len(weights) or not (weights >= 0).all() or not 0 < weights.sum() < np.inf:
            raise ValueError("An alias table needs weights that are not negative and not all zero.")
        V = len(weights)
        height = (weights * (V / weights.sum())).tolist()
        own, alias = [1.0] * V, list(range(V))
        poor = [v for v in range(V) if height[v] < 1]
        rich = [v for v in range(V) if height[v] >= 1]
        while poor and rich:
            low, high = poor.pop(), rich[-1]
            own[low], alias[low] = height[low], high
            height[high] -= 1 - height[low]
            if height[high] < 1:
                poor.append(rich.pop())
        # what is left over in either list has height 1 but for rounding
        self.own, self.alias = np.array(own, np.float32), np.array(alias, np.int32)

    def probabilities(self):
        """(V,) float64: the P that the table really has."""
        V = len(self.own)
        return (self.own + np.bincount(self.alias, 1 - self.own.astype(np.float64), V)) / V

    def draw(self, rng, shape):
        """Ids of `shape`, int32."""
        column = rng.integers(len(self.own), size=shape, dtype=np.int32)
        return np.where(rng.random(shape, np.float32) < self.own[column], column, self.alias[column])
