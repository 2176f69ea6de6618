"""Exercise 18: training on a score, from the rewards of drawn captions back to the logits.

Forward is minisat's own. Replace the zeros, then run: minisat lesson check 18
"""

import numpy as np

from minisat.nn import CrossEntropy


class FromReward(CrossEntropy):
    """loss = Σ weight · −log p(drawn word), over all drawn words; those of one caption have one weight."""

    def weights(self, rewards):
        """rewards (N, K) of K captions drawn for each of N photos → what each counts, (N, K): (r − b) / (N K).

        b is the mean reward of the K − 1 other captions of the same photo.
        """
        return 0.0 * rewards

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None for the words).

        The cache has all words in a row: p (R, V) the probabilities, drawn (R,) the ids of the words that were drawn,
        weight (R,) what each counts, of either sign; shape, that of the logits.
        """
        p, drawn, weight, shape = cache
        rows = np.arange(len(drawn))

        dlogits = 0.0 * p               # (R, V): p ...
        dlogits[rows, drawn] -= 0.0     # ... minus onehot(drawn); and what does each word count?
        return dlogits.reshape(shape), None
