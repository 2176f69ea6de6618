"""Hard attention: look at one location, drawn at random, and learn from how it turned out."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module, uniform
from minisat.nn.cross_entropy import log_softmax
from minisat.nn.module import Module

EXPECTATION, ARGMAX, SAMPLE = -1, -2, -3  # a `choice` is the number of a location, or one of these


class HardAttentionCache(NamedTuple):
    """What backward remembers."""

    alpha: np.ndarray      # (N, L)
    log_alpha: np.ndarray  # (N, L)
    onehot: np.ndarray     # (N, L) 1 at the location; a row of zeros where the expectation stands in
    entropy: np.ndarray    # (N,)


class HardAttention(Module):
    """s ~ Multinoulli(alpha), alpha = softmax(e / τ): the weights are onehot(s)  (Xu et al. 2015, section 4.1, eq. 8).

    Beside the weights forward gives what learning needs: log alpha_s, whose gradient REINFORCE weighs, and the
    entropy H = −Σ alpha log alpha. A drawn location is a constant: no gradient passes from the weights to the
    scores. Where `choice` says EXPECTATION the weights are alpha itself, which is soft attention, log alpha_s is
    set to 0, and the gradient does pass.

    `choice` (N,) integers says what each row does: a location's number, EXPECTATION, ARGMAX or SAMPLE. Without it
    rows are sampled in training, and in evaluation follow `decoding`. τ = `temperature` divides the scores: above 1 it
    flattens alpha (the authors' code multiplies by 1 / τ). `seed` draws the locations that decoding by sampling looks
    at.
    """

    DECODING = {"expectation": EXPECTATION, "argmax": ARGMAX, "sampling": SAMPLE}

    def __init__(self, temperature=1.0, decoding="expectation", seed=0):
        self.temperature, self.decoding, self.seed = temperature, decoding, seed

    def choose(self, alpha, rng=None, choice=None):
        """alpha (N, L) → the location of each row (N,), or EXPECTATION; SAMPLE needs `rng`."""
        xp = get_array_module(alpha)
        if choice is None:
            choice = np.full(alpha.shape[0], SAMPLE if self.training else self.DECODING[self.decoding])
        if rng is None and isinstance(choice, np.ndarray) and (choice == SAMPLE).any():
            raise ValueError("Sampling locations needs an rng; a choice of locations, or model.eval(), does without.")
        choice = xp.asarray(choice)
        choice = xp.where(choice == ARGMAX, alpha.argmax(axis=1), choice)
        if rng is None:
            return choice
        return xp.where(choice == SAMPLE, draw_location(alpha, uniform(rng, (alpha.shape[0],), alpha)), choice)

    def forward(self, scores, rng=None, choice=None):
        """scores (N, L) → (weights (N, L), alpha (N, L), log_p (N,), entropy (N,))."""
        xp = get_array_module(scores)
        log_alpha = log_softmax(scores / self.temperature)
        alpha = xp.exp(log_alpha)
        choice = self.choose(alpha, rng, choice)[:, None]
        onehot = (choice == xp.arange(alpha.shape[1])).astype(alpha.dtype)
        weights = xp.where(choice < 0, alpha, onehot)
        log_p = (onehot * log_alpha).sum(axis=1)
        entropy = -(alpha * log_alpha).sum(axis=1)
        return (weights, alpha, log_p, entropy), HardAttentionCache(alpha, log_alpha, onehot, entropy)

    def backward(self, upstream, cache):
        """(dweights, dalpha (N, L), dlog_p, dentropy (N,)) → dscores (N, L)."""
        dweights, dalpha, dlog_p, dentropy = upstream
        alpha, log_alpha, onehot, entropy = cache
        drawn = onehot.sum(axis=1, keepdims=True)          # 1 where a location was drawn, 0 for the expectation
        dalpha = dalpha + (1.0 - drawn) * dweights         # onehot(s) is a constant; weights = alpha is not
        de = alpha * (dalpha - (dalpha * alpha).sum(axis=1, keepdims=True))
        de += dlog_p[:, None] * (onehot - drawn * alpha)   # ∂ log alpha_s / ∂e = onehot(s) − alpha: nothing is divided
        de -= dentropy[:, None] * alpha * (log_alpha + entropy[:, None])  # ∂H/∂e_i = −alpha_i (log alpha_i + H)
        return de / self.temperature                       # alpha = softmax(e / τ)


def draw_location(alpha, u):
    """alpha (N, L), u (N,) uniform in [0, 1) → s (N,): the first location at which Σ alpha reaches u."""
    reached = alpha.cumsum(axis=1)
    return (reached <= u[:, None].astype(alpha.dtype) * reached[:, -1:]).sum(axis=1)
