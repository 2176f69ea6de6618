"""Exercise 17, solved: the backward pass of a word's log-probability, with a temperature.

Two ways to get it wrong:

* Leaving `/ self.temperature` out: at temperature 1 nothing is wrong.
* `p - said`. That is the gradient of the loss, −log p; here it is that of log p.
"""

import numpy as np

from minisat.nn import LogProb


class Said(LogProb):
    """logits (..., V), targets (...) → log p (...) of the targets, p = softmax(logits / self.temperature)."""

    def backward(self, dlog_p, cache):
        """dlog_p (...) → (dlogits (..., V), None for the targets)."""
        p, targets = cache
        said = targets[..., None] == np.arange(p.shape[-1])

        dscaled = dlog_p[..., None] * (said - p)   # y = z / τ  ⇒  ∂ log p_w / ∂y_v = [v = w] - p_v, by what it counts
        dlogits = dscaled / self.temperature       #               ∂y_v / ∂z_v = 1 / τ
        return dlogits, None
