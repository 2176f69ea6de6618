"""Exercise 6: the backward pass of negative sampling, loss = -log σ(s of the true word) - Σ log σ(-s of drawn ones).

Forward is minisat's own. Replace the three zeros, then run: minisat lesson check 6
"""

from minisat.backend import scatter_add
from minisat.nn.activations import sigmoid
from minisat.word2vec.negative_sampling import NegativeSampling


class Negatives(NegativeSampling):
    """h (N, M), targets (N,), noise (N, K) → loss; the output vectors U (V, M) are self.W."""

    def backward(self, dloss, cache):
        """dloss, a number → (dh (N, M), None). Adds to self.W.grad (V, M).

        The cache: h (N, M); ids (N, 1 + K), the true word and then the drawn ones; rows (N, 1 + K, M), their output
        vectors; sign, +1 for the true word and -1 for drawn ones; weight (N, 1 + K), what each of them counts in the
        loss: 1, or 0 where a drawn word happens to be the true one; scores (N, 1 + K), each the product of h and a row.
        """
        h, ids, rows, sign, weight, scores = cache
        label = (sign + 1) / 2    # (1 + K,): 1 for the true word, 0 for the drawn ones

        ds = 0.0 * scores             # (N, 1 + K): what a nudge of each score does to the loss
        drows = 0.0 * rows            # (N, 1 + K, M): what goes to the output vector of each word
        dh = 0.0 * h                  # (N, M)

        scatter_add(self.W.grad, ids.reshape(-1), drows.reshape(-1, h.shape[1]))   # adds them, repeats included
        return dh, None
