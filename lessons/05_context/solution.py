"""Exercise 5, solved: the backward pass of a bag of words, h = the mean of the vectors of the words in it.

Two ways to get it wrong:

* Leaving `share` out. A bag of ten words then learns ten times as fast as one of one word: it is this factor that
  word2vec.c leaves out as well.
* Leaving `mask` out. The word that fills up short bags gets pushed by every one of them.
"""

from minisat.backend import scatter_add
from minisat.word2vec.bag import Bag


class Mean(Bag):
    """ids (N, B), mask (N, B) → h (N, M), with W (V, M) as self.W."""

    def backward(self, dh, cache):
        """dh (N, M) → (None, None). Adds to self.W.grad (V, M)."""
        ids, mask, share = cache

        part = share * dh                               # (N, M): h = share Σ_b mask_b W_b  ⇒  each gets share · dh
        rows = mask[:, :, None] * part[:, None, :]      # (N, B, M): the same for every word, nothing for padding

        scatter_add(self.W.grad, ids.reshape(-1), rows.reshape(-1, rows.shape[2]))
        return None, None
