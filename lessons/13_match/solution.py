"""Exercise 13, solved: the backward pass of the additive score, e_i = v · tanh(keys_i + query).

Two ways to get it wrong:

* `dkeys.mean(axis=1)` for the query. It was added at every place, so it hears their sum.
* Leaving the slope `1 - hidden**2` out. Small scores hardly show it; large ones are driven on as if there were no
  bend.
"""

from minisat.nn import AdditiveScore


class Score(AdditiveScore):
    """keys (N, L, A), h (N, H) → scores (N, L), with query = h W_h + b (N, A) and v (A,) as self.v."""

    def backward(self, dscores, cache):
        """dscores (N, L) → (dkeys (N, L, A), dh (N, H)). Adds to the gradients of v, W_h and b."""
        h, hidden = cache
        v = self.v.data

        dv = (dscores[:, :, None] * hidden).sum(axis=(0, 1))    # e_i = Σ_k v_k t_ik  ⇒  dv_k = Σ de_i t_ik
        dkeys = dscores[:, :, None] * v * (1 - hidden**2)       # dK_ik = de_i v_k (1 − t_ik²)
        dquery = dkeys.sum(axis=1)                              # q was added at every place

        self.v.grad += dv
        self.W_h.grad += h.T @ dquery
        if self.b is not None:
            self.b.grad += dquery.sum(axis=0)
        return dkeys, dquery @ self.W_h.data.T
