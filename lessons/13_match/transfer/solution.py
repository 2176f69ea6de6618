"""Exercise 13b, solved: the general score.

Two ways to get it wrong:

* `dscores.sum(axis=1)` times something for the query: the places must be weighed with their keys before they are
  summed.
* `self.W_h.grad += h.T @ query`. What goes back into a product is the gradient of its outcome, not the outcome.
"""

from minisat.nn import GeneralScore


class Match(GeneralScore):
    """keys (N, L, A), h (N, H) → scores (N, L), with W_h (H, A) as self.W_h."""

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H)). Adds to self.W_h.grad. In the cache query = h W_h (N, A)."""
        keys, h, query = cache

        dkeys = dscores[:, :, None] * query[:, None, :]          # e_i = Σ_k K_ik q_k  ⇒  dK_ik = de_i q_k
        dquery = (dscores[:, :, None] * keys).sum(axis=1)        #                     ⇒  dq_k = Σ_i de_i K_ik
        self.W_h.grad += h.T @ dquery                            # q = h W_h
        dh = dquery @ self.W_h.data.T
        return dkeys, dh
