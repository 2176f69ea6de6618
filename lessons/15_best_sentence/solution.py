"""Exercise 15, solved: the backward pass of a word's log-probability, with a temperature."""

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
