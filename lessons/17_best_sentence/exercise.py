"""Exercise 17: the backward pass of a word's log-probability, with a temperature; of it sentences' scores are made.

Forward is minisat's own. Replace the zeros, then run: minisat lesson check 17
"""

import numpy as np

from minisat.nn import LogProb


class Said(LogProb):
    """logits (..., V), targets (...) → log p (...) of the targets, p = softmax(logits / self.temperature)."""

    def backward(self, dlog_p, cache):
        """dlog_p (...), how much each word's log p counts → (dlogits (..., V), None for the targets).

        The cache: p (..., V), the probabilities at this temperature; targets (...), the words that were said.
        """
        p, targets = cache
        said = targets[..., None] == np.arange(p.shape[-1])   # (..., V): True at the word that was said

        dlogits = 0.0 * p               # (..., V): what a nudge of each logit does, and how much the word counts
        return dlogits, None
