"""Exercise 20: the backward pass of BatchNorm, y = gamma · x̂ + beta with x̂ = (x − mean) / s, by channel.

Forward is minisat's own. Replace the zeros, then run: minisat lesson check 20
"""

from minisat.nn import BatchNorm2d


class Normalise(BatchNorm2d):
    """x (N, C, h, w) → y like x, with gamma (C,) as self.gamma and beta (C,) as self.beta."""

    def backward(self, dy, cache):
        """dy (N, C, h, w) → dx like dy. Adds to self.gamma.grad and self.beta.grad, both (C,).

        The cache: x_hat (N, C, h, w); inv_std (C,), which is 1 / s; live, whether mean and s came from this batch.
        """
        x_hat, inv_std, live, _ = cache
        m = x_hat.size // x_hat.shape[1]    # values in a channel: N · h · w

        dgamma = 0.0 * inv_std              # (C,): what a nudge of gamma does, over all values of the channel
        dbeta = 0.0 * inv_std               # (C,): what a nudge of beta does
        dx = 0.0 * dy / m                   # (N, C, h, w): three paths where it is live, one where it is frozen

        self.gamma.grad += dgamma
        self.beta.grad += dbeta
        return dx
