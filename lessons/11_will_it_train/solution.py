"""Exercise 11, solved: dropout's backward pass, and Adam with weight decay.

Two ways to get it wrong:

* A new mask on the way back. Entries that had no part in the loss get a gradient, others none; it still learns, badly.
* `g = g + decay * w`. Adam divides that by √v̂ as well: weights with large gradients hardly decay.
"""

import numpy as np

from minisat.nn import Dropout


class Thinned(Dropout):
    """y = x · mask, where an entry of the mask is 0 with probability self.p, and 1 / (1 − p) otherwise."""

    def backward(self, dy, cache):
        """dy → dx, of the same shape. The mask is None where nothing was dropped, as after training."""
        (mask,) = cache
        return dy if mask is None else dy * mask          # y = x mask  ⇒  dx = dy mask


def adam(w, g, memory, rate, decay=0.0):
    """One step of AdamW: changes w (P,) in place, by its gradient g (P,), and keeps what it needs in `memory`."""
    memory["t"] += 1
    memory["m"] = 0.9 * memory["m"] + (1 - 0.9) * g
    memory["v"] = 0.999 * memory["v"] + (1 - 0.999) * g**2
    m = memory["m"] / (1 - 0.9 ** memory["t"])            # both began at 0 and lack just that much
    v = memory["v"] / (1 - 0.999 ** memory["t"])
    w *= 1 - rate * decay                                 # apart from the gradient
    w -= rate * m / (np.sqrt(v) + 1e-8)
