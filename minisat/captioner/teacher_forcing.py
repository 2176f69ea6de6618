"""The training objective: how well a captioner predicts each next word of the captions people wrote."""

from typing import Any, NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import CrossEntropy, Module


class TeacherForcingCache(NamedTuple):
    """The caches of the parts, and the two terms of the loss."""

    captioner: Any
    cross_entropy_cache: Any
    penalty_cache: Any
    cross_entropy: Any
    penalty: Any
    alphas: Any   # (N, T, L), None without attention
    real: Any     # (N, T)

    @property
    def figures(self):
        """{name: number} worth logging."""
        return {"penalty": self.penalty} | attention_figures(self.alphas, self.real)


def attention_figures(alphas, real):
    """{"attention_entropy": mean −Σ alpha log alpha of the real words, in nats}; {} without attention.

    alphas (..., L), real (...). Looking everywhere alike gives log L, looking at one place 0.
    """
    if alphas is None:
        return {}
    xp = get_array_module(alphas)
    entropy = -(alphas * xp.log(xp.maximum(alphas, 1e-30))).sum(axis=-1)
    return {"attention_entropy": (entropy * real).sum() / real.sum()}


def inputs_and_targets(ids, lengths, like, read=None):
    """ids (N, T+1), lengths (N,) on the host → inputs (N, T), targets (N, T), mask (N, T) beside `like`.

    At step t the captioner reads word t (or read[:, t], where `read` (N, T) is given) and is asked for word t + 1; the
    mask is true for real words.
    """
    xp = get_array_module(like)
    mask = np.arange(ids.shape[1] - 1) < np.asarray(lengths)[:, None]
    return xp.asarray(ids[:, :-1] if read is None else read), xp.asarray(ids[:, 1:]), xp.asarray(mask)


class TeacherForcing(Module):
    """(features (N, L, D), ids (N, T+1), lengths (N,)) → the loss of a minibatch, a scalar.

    Mean cross-entropy per real word (`<end>` counts, padding does not), plus the doubly stochastic
    penalty where the captioner attends.
    """

    def __init__(self, captioner, penalty=None):
        self.captioner = captioner
        self.cross_entropy = CrossEntropy()
        self.penalty = penalty

    def forward(self, features, ids, lengths, rng=None, mask=None, weights=None, read=None):
        """`ids` and `lengths` are host arrays as a CaptionBatch holds them; `mask` freezes the dropout.

        With `weights` (N,) on the host the cross-entropy is Σ_n weights_n · -log p(caption n), instead of the mean;
        with `read` (N, T) on the host these are the words that are read (scheduled_sampling.py).
        """
        inputs, targets, real = inputs_and_targets(ids, lengths, features, read)
        weight = None if weights is None else get_array_module(features).asarray(weights)[:, None]
        (logits, alphas), captioner_cache = self.captioner.forward(features, inputs, rng=rng, mask=mask)
        cross_entropy, cross_entropy_cache = self.cross_entropy.forward(logits, targets, mask=real, weight=weight)
        penalty, penalty_cache = 0.0, None
        if self.penalty is not None:
            penalty, penalty_cache = self.penalty.forward(alphas, real)
        return cross_entropy + penalty, TeacherForcingCache(captioner_cache, cross_entropy_cache, penalty_cache,
                                                            cross_entropy, penalty, alphas, real)

    def reference(self):
        """This objective made of layer calls: itself; a fast twin names its reference here."""
        return self

    def backward(self, dloss, cache):
        """dloss (a number, 1.0 in training) → (dfeatures, None, None)."""
        dlogits, _ = self.cross_entropy.backward(dloss, cache.cross_entropy_cache)
        dalphas = None
        if self.penalty is not None:
            dalphas, _ = self.penalty.backward(dloss, cache.penalty_cache)
        dfeatures, _ = self.captioner.backward((dlogits, dalphas), cache.captioner)
        return dfeatures, None, None
