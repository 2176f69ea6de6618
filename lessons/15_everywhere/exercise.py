"""Exercise 15: the backward pass of the penalty k Σ_i (1 − s_i)², with s_i = Σ_t real_t alpha_ti.

Forward is minisat's own. Replace the two lines of zeros, then run: minisat lesson check 15
"""

from minisat.nn import DoublyStochasticPenalty


class Penalty(DoublyStochasticPenalty):
    """alphas (N, T, L), mask (N, T), true where a word is real → penalty ()."""

    def backward(self, dloss, cache):
        """dloss (a number) → (dalphas (N, T, L), None): the mask has no gradient.

        The cache: sums (N, L), the s_i of each caption; mask (N, T), 1 for a word and 0 for padding.
        """
        sums, mask = cache
        k = self.factor(sums.shape)    # λ, divided as the reduction says

        dsums = 0.0 * sums                                     # (N, L)
        dalphas = 0.0 * mask[:, :, None] * sums[:, None, :]    # (N, T, L)

        return dalphas, None
