"""Exercise 14: the backward pass of a look, alpha = softmax(scores) and context = Σ_i alpha_i a_i.

Forward is minisat's own. Replace the lines of zeros, then run: minisat lesson check 14
"""

from minisat.nn import Softmax, WeightedSum


class Mean(WeightedSum):
    """alpha (N, L), features (N, L, D) → context (N, D)."""

    def backward(self, dcontext, cache):
        """dcontext (N, D) → (dalpha (N, L), dfeatures (N, L, D)). The cache: alpha and features, as they came in."""
        alpha, features = cache

        dalpha = 0.0 * alpha
        dfeatures = 0.0 * features

        return dalpha, dfeatures


class Shares(Softmax):
    """scores (…, L) → alpha (…, L): shares over the last axis."""

    def backward(self, dalpha, cache):
        """dalpha (…, L) → dscores (…, L). The cache: alpha, as it went out."""
        (alpha,) = cache

        dscores = 0.0 * alpha

        return dscores
