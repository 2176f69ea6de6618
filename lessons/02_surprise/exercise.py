"""Exercise 2: the backward pass of softmax cross-entropy with a mask.

Forward is minisat's own. Replace the zeros, then run: minisat lesson check 2
"""

import numpy as np

from minisat.nn import CrossEntropy


class Surprise(CrossEntropy):
    """loss = the mean over real positions of -log softmax(logits)[target]."""

    def backward(self, dloss, cache):
        """dloss, a number → (dlogits in the shape of the logits, None for the targets).

        The cache has the K positions of all sentences in a row:
        p (K, V) the probabilities, targets (K,) the right ids, weight (K,) what each position counts in the loss:
        1 / (number of real words), or 0 for padding; shape, that of the logits.
        """
        p, targets, weight, shape = cache
        rows = np.arange(len(targets))         # p[rows, targets] are the K probabilities of the right words

        dlogits = 0.0 * p                      # (K, V): what you said ...
        dlogits[rows, targets] -= 0.0          # ... minus what was right; and what does each position count?
        return dlogits.reshape(shape), None
