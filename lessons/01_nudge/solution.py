"""Exercise 1, solved: the backward pass of the affine layer, y = x W + b.

Two ways to get it wrong:

* `x.T @ dy / len(x)`. The loss adds the rows up, and so must their gradients; a mean belongs into the loss, once.
* `self.W.grad = …`. A second use of the layer in the same step would wipe out what the first has said.
"""

from minisat.nn import Linear


class Affine(Linear):
    """x (N, D_in) → y (N, D_out). The numbers of W (D_in, D_out) are self.W.data, those of b (D_out,) self.b.data."""

    def backward(self, dy, cache):
        """dy (N, D_out) → dx (N, D_in)."""
        (x,) = cache

        self.W.grad += x.T @ dy           # y_nj = Σ_i x_ni W_ij  ⇒  dW_ij = Σ_n x_ni dy_nj
        self.b.grad += dy.sum(axis=0)     # y_nj = … + b_j        ⇒  db_j = Σ_n dy_nj
        dx = dy @ self.W.data.T           #                          dx_ni = Σ_j dy_nj W_ij
        return dx
