"""Exercise 15, solved: the backward pass of the penalty k Σ_i (1 − s_i)², with s_i = Σ_t real_t alpha_ti.

Two ways to get it wrong:

* Leaving the mask out. Padding then looks about as well, and is asked to look elsewhere.
* The wrong sign: it asks each place to be looked at more, the more it has been looked at.
"""

from minisat.nn import DoublyStochasticPenalty


class Penalty(DoublyStochasticPenalty):
    """alphas (N, T, L), mask (N, T), true where a word is real → penalty ()."""

    def backward(self, dloss, cache):
        """dloss (a number) → (dalphas (N, T, L), None): the mask has no gradient."""
        sums, mask = cache
        k = self.factor(sums.shape)

        dsums = -2 * k * (1.0 - sums) * dloss          # the square's slope, times what arrives
        dalphas = mask[:, :, None] * dsums[:, None, :]         # the same for every real word, nothing for padding

        return dalphas, None
