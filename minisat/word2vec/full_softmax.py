"""Full softmax: a probability for every word of the vocabulary. Exact, and V dot products for each prediction."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import Module, Parameter
from minisat.nn.cross_entropy import log_softmax


class FullSoftmaxCache(NamedTuple):
    """What backward remembers."""

    h: np.ndarray        # (N, M)
    targets: np.ndarray  # (N,)
    p: np.ndarray        # (N, V) probabilities


class FullSoftmax(Module):
    """loss = -Σ_n log p(target_n | h_n), p(v | h) = exp(h · W_v) / Σ_w exp(h · W_w) (Mikolov et al. 2013b, eq. 2).

    W (V, M): row v is the output vector of word v. It starts at zero, as in word2vec.c.
    The loss is a sum over the predictions, so that one step of η on a batch is the sum of their own steps of η.
    """

    def __init__(self, V, M):
        self.W = Parameter(np.zeros((V, M), np.float32))

    def forward(self, h, targets):
        """h (N, M), targets (N,) ids → loss ()."""
        xp = get_array_module(h)
        log_p = log_softmax(h @ self.W.data.T)
        return -log_p[xp.arange(len(targets)), targets].sum(), FullSoftmaxCache(h, targets, xp.exp(log_p))

    def backward(self, dloss, cache):
        """dloss, a number → (dh (N, M), None)."""
        h, targets, p = cache
        e = p * dloss
        e[get_array_module(p).arange(len(targets)), targets] -= dloss  # ∂loss/∂score = p - onehot(target)
        self.W.grad += e.T @ h          # score_v = h · W_v  ⇒  dW_v = Σ_n e_nv h_n  (Rong 2014, section 1.1)
        return e @ self.W.data, None    #                    ⇒  dh = Σ_v e_v W_v

    def touched(self, cache):
        """[(parameter, rows (V,): all of them, how many terms each row's gradient sums up (V,))]."""
        xp, V = get_array_module(cache.p), cache.p.shape[1]
        return [(self.W, xp.arange(V), cache.p.sum(axis=0) + xp.bincount(cache.targets, minlength=V))]
