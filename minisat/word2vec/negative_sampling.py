"""Negative sampling: instead of choosing among V words, tell the true one from a few drawn at random."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, scatter_add
from minisat.nn import Module, Parameter
from minisat.nn.activations import sigmoid


def log_sigmoid(x):
    """log σ(x) = min(x, 0) - log(1 + e^-|x|), without overflow for any x."""
    xp = get_array_module(x)
    return xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x)))


class NegativeSamplingCache(NamedTuple):
    """What backward remembers."""

    h: np.ndarray       # (N, M)
    ids: np.ndarray     # (N, 1 + K) the true word, then the noise words
    rows: np.ndarray    # (N, 1 + K, M) their output vectors
    sign: np.ndarray    # (1 + K,) +1 for the true word, -1 for noise
    weight: np.ndarray  # (N, 1 + K) what each counts: 0 where noise happens to be the true word
    scores: np.ndarray  # (N, 1 + K)


class NegativeSampling(Module):
    """loss = -Σ_n [log σ(h_n · W_target) + Σ_k log σ(-h_n · W_noise(n, k))] (Mikolov et al. 2013b, eq. 4).

    W (V, M): row v is the output vector of word v. It starts at zero, as in word2vec.c. A noise word that happens to
    be the true one is left out. `noise_weight` is what each noise word counts: 1, or less where many predictions share
    a larger pool of noise. With K noise words from P(v), the best possible scores are the shifted pointwise mutual
    informations log p(v | input) / P(v) - log K (Levy & Goldberg 2014, eq. 7).
    """

    def __init__(self, V, M, noise_weight=1.0):
        self.W = Parameter(np.zeros((V, M), np.float32))
        self.noise_weight = noise_weight

    def forward(self, h, targets, *, noise):
        """h (N, M), targets (N,) ids, noise (N, K) ids → loss ()."""
        xp = get_array_module(h)
        ids = xp.concatenate([targets[:, None], noise], axis=1)
        rows = self.W.data[ids]
        scores = (rows * h[:, None]).sum(axis=-1)
        sign = xp.where(xp.arange(ids.shape[1]) == 0, 1.0, -1.0).astype(h.dtype)
        weight = xp.where(ids == targets[:, None], 0.0, self.noise_weight).astype(h.dtype)
        weight[:, 0] = 1.0
        loss = -(weight * log_sigmoid(sign * scores)).sum()
        return loss, NegativeSamplingCache(h, ids, rows, sign, weight, scores)

    def backward(self, dloss, cache):
        """dloss, a number → (dh (N, M), None)."""
        h, ids, rows, sign, weight, scores = cache
        # loss = -log σ(±s)  ⇒  ds = ∓σ(∓s): σ(s) - 1 for the true word, σ(s) for noise  (Rong 2014, section 3.2)
        ds = (-dloss * sign * weight * sigmoid(-sign * scores))[:, :, None]
        # s_nk = h_n · W_id(n,k)  ⇒  dW_v = Σ of ds_nk h_n over all (n, k) with id v, repeats included
        scatter_add(self.W.grad, ids.reshape(-1), (ds * h[:, None]).reshape(-1, h.shape[1]))
        return (ds * rows).sum(axis=1), None   # ⇒  dh_n = Σ_k ds_nk W_id(n,k)

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient, how many terms each row's gradient sums up (R,))]."""
        xp = get_array_module(cache.ids)
        rows, where = xp.unique(cache.ids, return_inverse=True)
        return [(self.W, rows, xp.bincount(where.reshape(-1), cache.weight.reshape(-1), len(rows)))]
