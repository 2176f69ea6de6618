"""Exercise 6b, solved: a hat for a million words.

Two ways to get it wrong:

* A donor that has given too much stays on the list of the rich. Its column is then never filled up, and it is drawn
  too often.
* Forgetting the V in V · p. All columns are too low, nobody can give, and every word is drawn equally often.
"""

import numpy as np


def hat(p):
    """p (V,), probabilities → (own (V,), how high a word's own part of its column is; other (V,), ids: its donor)."""
    height = len(p) * np.array(p)
    own, other = np.ones(len(p)), np.arange(len(p))
    low, high = list(np.flatnonzero(height < 1)), list(np.flatnonzero(height >= 1))
    while low and high:                             # each round levels one column: V rounds at most
        poor, donor = low.pop(), high[-1]
        own[poor], other[poor] = height[poor], donor
        height[donor] -= 1 - height[poor]           # what it gave
        if height[donor] < 1:
            low.append(high.pop())
    return own, other                               # what is left in a list is 1 high, but for rounding


def draw(own, other, column, height):
    """The ids that are drawn: column (K,), ids; height (K,), between 0 and 1 → ids (K,)."""
    return np.where(height < own[column], column, other[column])
