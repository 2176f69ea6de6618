"""Exercise 6, solved: the backward pass of negative sampling.

Two ways to get it wrong:

* `label - sigmoid(scores)`. Gradients are what is said minus what is right; the other sign drives right words apart.
* Leaving `weight` out. Then a word's noise counts also where it happens to be the right word itself.
"""

from minisat.backend import scatter_add
from minisat.nn.activations import sigmoid
from minisat.word2vec.negative_sampling import NegativeSampling


class Negatives(NegativeSampling):
    """h (N, M), targets (N,), noise (N, K) → loss; the output vectors U (V, M) are self.W."""

    def backward(self, dloss, cache):
        """dloss, a number → (dh (N, M), None). Adds to self.W.grad (V, M)."""
        h, ids, rows, sign, weight, scores = cache
        label = (sign + 1) / 2

        ds = dloss * weight * (sigmoid(scores) - label)     # loss = Σ weight · surprise  ⇒  ds = weight (σ(s) - y)
        drows = ds[:, :, None] * h[:, None, :]              # s_nj = h_n · U_j  ⇒  dU_j += ds_nj h_n
        dh = (ds[:, :, None] * rows).sum(axis=1)            #                   ⇒  dh_n = Σ_j ds_nj U_j

        scatter_add(self.W.grad, ids.reshape(-1), drows.reshape(-1, h.shape[1]))
        return dh, None
