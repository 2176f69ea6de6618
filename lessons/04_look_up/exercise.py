"""Exercise 4: the backward pass of an embedding, y = W[ids].

Forward is minisat's own. Replace the line that adds nothing, then run: minisat lesson check 4
"""

from minisat.nn import Embedding


class LookUp(Embedding):
    """ids (K,) → y (K, M): row `id` of W (V, M) for each."""

    def backward(self, dy, cache):
        """dy (K, M) → None: a nudge of an id means nothing. Adds to self.W.grad (V, M)."""
        (ids,) = cache
        ids, dy = ids.reshape(-1), dy.reshape(-1, dy.shape[-1])

        self.W.grad[ids] += 0.0 * dy   # each row of dy belongs to a row of W; the same word may come twice
        return None
