"""Exercise 2, solved: the backward pass of softmax cross-entropy with a mask.

Two ways to get it wrong:

* `dlogits = p.copy()`. Then padding learns too, and a batch of long captions learns faster than one of short ones:
  each position has its weight.
* `dlogits[:, targets] -= counts`. That takes from every row the columns of all targets: rows and columns go in pairs.
"""

import numpy as np

from minisat.nn import CrossEntropy


class Surprise(CrossEntropy):
    """loss = the mean over real positions of -log softmax(logits)[target]."""

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None for the targets)."""
        p, targets, weight, shape = cache
        rows = np.arange(len(targets))

        counts = dloss * weight                  # loss = Σ_k weight_k · surprise_k, and dloss arrives from above
        dlogits = p * counts[:, None]            # ∂surprise/∂z_v = p_v - [v = target]
        dlogits[rows, targets] -= counts
        return dlogits.reshape(shape), None
