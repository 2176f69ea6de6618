"""Exercise 2b, solved: label smoothing.

Two ways to get it wrong:

* `(1 − ε) (p − onehot)`. It forgets that the ε is handed to all words, the right one among them: the others are then
  asked for nothing.
* `q = onehot; q[q == 0] = ε / V`. It does not add up to 1, and only for targets that do is the gradient p − q.
"""

import numpy as np

from minisat.nn import SmoothedCrossEntropy


class Smoothed(SmoothedCrossEntropy):
    """loss = the mean over real positions of −Σ_v q_v log p_v, with ε = self.smoothing."""

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None for the targets)."""
        p, targets, weight, shape = cache[0]

        q = np.full(p.shape, self.smoothing / p.shape[1])
        q[np.arange(len(targets)), targets] += 1 - self.smoothing
        dlogits = (p - q) * (dloss * weight)[:, None]     # Σ q = 1  ⇒  ∂/∂z_v of −Σ_u q_u log p_u is p_v − q_v
        return dlogits.reshape(shape), None
