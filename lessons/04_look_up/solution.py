"""Exercise 4, solved: the backward pass of an embedding, y = W[ids].

Two ways to get it wrong:

* `self.W.grad[ids] += dy`. NumPy reads all rows, adds, writes all rows: of a word that comes twice the last one
  stays, and frequent words learn least.
* `self.W.grad[ids] = dy`. It forgets what other uses of the layer have added in the same step.
"""

from minisat.nn import Embedding


class LookUp(Embedding):
    """ids (K,) → y (K, M): row `id` of W (V, M) for each."""

    def backward(self, dy, cache):
        """dy (K, M) → None: a nudge of an id means nothing. Adds to self.W.grad (V, M)."""
        (ids,) = cache
        ids, dy = ids.reshape(-1), dy.reshape(-1, dy.shape[-1])

        for word, sent in zip(ids, dy):    # y_k = W[ids_k]  ⇒  dW[ids_k] += dy_k, one after the other
            self.W.grad[word] += sent
        # Faster, and what minisat does: scatter_add(self.W.grad, ids, dy) from minisat.backend.
        return None
