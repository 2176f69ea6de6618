"""Exercise 2b: label smoothing, for a batch with padding.

A network that is asked for p = 1 lets its logits grow without end. So one asks for less (Szegedy et al. 2016): the
target is no longer 1 for the right word and 0 for the others, but q = (1 − ε) onehot + ε / V. The surprise becomes
−Σ_v q_v log p_v. Forward is minisat's own. What is its gradient? Write it, then run: minisat lesson check 2b
"""

import numpy as np

from minisat.nn import SmoothedCrossEntropy


class Smoothed(SmoothedCrossEntropy):
    """loss = the mean over real positions of −Σ_v q_v log p_v, with ε = self.smoothing."""

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None for the targets).

        The cache of exercise 2, p (K, V), targets (K,), weight (K,), shape, is in the cache's first place.
        """
        p, targets, weight, shape = cache[0]

        dlogits = 0.0 * p
        return dlogits.reshape(shape), None
