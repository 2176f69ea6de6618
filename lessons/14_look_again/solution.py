"""Exercise 14, solved: the backward pass of a look, alpha = softmax(scores) and context = Σ_i alpha_i a_i.

Two ways to get it wrong:

* `alpha * dalpha`. Shares add up to 1, so one can only gain what others lose; without that, all scores drift up
  together.
* `(alpha * dalpha).sum()` over the whole batch: then photos take shares from each other.
"""

from minisat.nn import Softmax, WeightedSum


class Mean(WeightedSum):
    """alpha (N, L), features (N, L, D) → context (N, D)."""

    def backward(self, dcontext, cache):
        """dcontext (N, D) → (dalpha (N, L), dfeatures (N, L, D)). The cache: alpha and features, as they came in."""
        alpha, features = cache

        dalpha = (features * dcontext[:, None, :]).sum(axis=2)     # dalpha_i = a_i · dz
        dfeatures = alpha[:, :, None] * dcontext[:, None, :]       # da_i = alpha_i dz

        return dalpha, dfeatures


class Shares(Softmax):
    """scores (…, L) → alpha (…, L): shares over the last axis."""

    def backward(self, dalpha, cache):
        """dalpha (…, L) → dscores (…, L). The cache: alpha, as it went out."""
        (alpha,) = cache

        mean = (alpha * dalpha).sum(axis=-1, keepdims=True)        # Σ_j alpha_j dalpha_j, one number per look
        dscores = alpha * (dalpha - mean)                          # de_i = alpha_i (dalpha_i − mean)

        return dscores
