"""Exercise 17c, solved: top-p, the fewest words that together are likely enough.

Two ways to get it wrong:

* `cumsum <= p`. The word with which the mass is reached is dropped, and where the first one alone has more than p,
  nothing is left.
* Not dividing by what is left. `rng.choice` complains; one's own loop does not, and draws the last word too often.
"""

import numpy as np


def top_p(probabilities, p):
    """probabilities (N, V), each row adding up to 1 → the same shape: what one draws from."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(ranked, axis=1) - ranked      # what the likelier words have together
    stays = np.zeros(probabilities.shape, bool)
    np.put_along_axis(stays, order, before < p, axis=1)
    kept = np.where(stays, probabilities, 0.0)
    return kept / kept.sum(axis=1, keepdims=True)
