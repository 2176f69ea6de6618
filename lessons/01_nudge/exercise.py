"""Exercise 1: the backward pass of the affine layer, y = x W + b.

Forward is minisat's own. Replace the three zeros, then run: minisat lesson check 1
"""

from minisat.nn import Linear


class Affine(Linear):
    """x (N, D_in) → y (N, D_out). The numbers of W (D_in, D_out) are self.W.data, those of b (D_out,) self.b.data."""

    def backward(self, dy, cache):
        """dy (N, D_out), how much the loss moves with each entry of y → dx (N, D_in), the same for x."""
        (x,) = cache

        self.W.grad += 0.0   # what a nudge of W does, summed over the rows of the batch: shape (D_in, D_out)
        self.b.grad += 0.0   # what a nudge of b does: shape (D_out,)
        dx = 0.0 * x         # what a nudge of x does: shape (N, D_in)
        return dx
