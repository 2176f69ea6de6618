"""Exercise 20, solved: the backward pass of BatchNorm, y = gamma · x̂ + beta with x̂ = (x − mean) / s.

Two ways to get it wrong:

* Leaving out the way through the mean, or through the spread: y = x̂ does not answer to a shift of x, so dx must add
  up to 0.
* Taking that way where the statistics are frozen: there they are constants.
"""

from minisat.nn import BatchNorm2d


class Normalise(BatchNorm2d):
    """x (N, C, h, w) → y like x, with gamma (C,) as self.gamma and beta (C,) as self.beta."""

    def backward(self, dy, cache):
        """dy (N, C, h, w) → dx like dy. Adds to self.gamma.grad and self.beta.grad, both (C,)."""
        x_hat, inv_std, live, _ = cache
        m = x_hat.size // x_hat.shape[1]

        dgamma = (dy * x_hat).sum(axis=(0, 2, 3))   # y_k = gamma x̂_k + beta  ⇒  dgamma = Σ_k dy_k x̂_k
        dbeta = dy.sum(axis=(0, 2, 3))              # …                       ⇒  dbeta = Σ_k dy_k
        dx = dy                                     # straight
        if live:                                    # through the mean and through the spread
            dx = dx - (dbeta / m)[:, None, None] - x_hat * (dgamma / m)[:, None, None]
        dx = dx * (self.gamma.data * inv_std)[:, None, None]

        self.gamma.grad += dgamma
        self.beta.grad += dbeta
        return dx
