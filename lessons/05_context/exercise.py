"""Exercise 5: the backward pass of a bag of words, h = the mean of the vectors of the words in it.

Forward is minisat's own. Replace the line of zeros, then run: minisat lesson check 5
"""

from minisat.backend import scatter_add
from minisat.word2vec.bag import Bag


class Mean(Bag):
    """ids (N, B), mask (N, B) → h (N, M), with W (V, M) as self.W."""

    def backward(self, dh, cache):
        """dh (N, M) → (None, None). Adds to self.W.grad (V, M).

        The cache: ids (N, B); mask (N, B), 1 for a word and 0 for padding; share (N, 1), 1 / (words in the bag).
        """
        ids, mask, share = cache

        rows = 0.0 * self.W.data[ids]    # (N, B, M): what goes to the vector of each word in each bag

        scatter_add(self.W.grad, ids.reshape(-1), rows.reshape(-1, rows.shape[2]))   # adds them, repeats included
        return None, None
