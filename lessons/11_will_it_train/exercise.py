"""Exercise 11: dropout's backward pass, and Adam with weight decay.

Dropout's forward is minisat's own. Replace the zero and the line that does nothing, then run: minisat lesson check 11
"""

import numpy as np

from minisat.nn import Dropout


class Thinned(Dropout):
    """y = x · mask, where an entry of the mask is 0 with probability self.p, and 1 / (1 − p) otherwise."""

    def backward(self, dy, cache):
        """dy → dx, of the same shape. The mask is None where nothing was dropped, as after training."""
        (mask,) = cache
        return 0.0 * dy


def adam(w, g, memory, rate, decay=0.0):
    """One step of AdamW: changes w (P,) in place, by its gradient g (P,), and keeps what it needs in `memory`.

    memory {"m": (P,), "v": (P,), "t": how many steps before this one} is all zeros at first. β₁ = 0.9, β₂ = 0.999, and
    1e-8 is added to the root. First w shrinks by the factor 1 − rate · decay.
    """
    memory["t"] += 1
