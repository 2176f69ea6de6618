"""Exercise 18, solved: training on a score, from the rewards of drawn captions back to the logits.

Two ways to get it wrong:

* The mean of all K rewards as the baseline: a caption is then compared with itself too, and gets (K − 1)/K of its
  due.
* `abs(counts)`: captions worse than the others would be made likelier as well.
"""

import numpy as np

from minisat.nn import CrossEntropy


class FromReward(CrossEntropy):
    """loss = Σ weight · −log p(drawn word), over all drawn words; those of one caption have one weight."""

    def weights(self, rewards):
        """rewards (N, K) of K captions drawn for each of N photos → what each counts, (N, K): (r − b) / (N K)."""
        N, K = rewards.shape
        others = (rewards.sum(axis=1, keepdims=True) - rewards) / (K - 1)   # the mean of the other K − 1
        return (rewards - others) / (N * K)

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None for the words)."""
        p, drawn, weight, shape = cache
        rows = np.arange(len(drawn))

        counts = dloss * weight
        dlogits = p * counts[:, None]          # (r − b) (p − onehot(w)), from r − b that are above and below zero
        dlogits[rows, drawn] -= counts
        return dlogits.reshape(shape), None
