"""Several drawn paths per caption: a better Monte-Carlo estimate of the gradient of hard attention."""

from typing import Any, NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import Module


class SeveralSamplesCache(NamedTuple):
    """The inner objective's cache."""

    objective: Any

    @property
    def cross_entropy(self):
        """The mean cross-entropy of all samples."""
        return self.objective.cross_entropy

    @property
    def penalty(self):
        """The doubly stochastic penalty, the mean of all samples."""
        return self.objective.penalty

    @property
    def figures(self):
        """{name: number} worth logging."""
        return self.objective.figures


class SeveralSamples(Module):
    """`objective` on every caption `count` times over, each with locations of its own (Xu et al. 2015, eq. 11's N).

    The loss is the mean; the variance of the gradient's noise falls like 1 / count, the cost grows like count. In
    evaluation each caption counts once.
    """

    def __init__(self, objective, count):
        self.objective, self.count = objective, count

    def forward(self, features, ids, lengths, rng=None, **noise):
        """features (N, L, D), ids (N, T+1), lengths (N,) → the loss, a scalar; frozen noise is per sample."""
        if self.training:
            features = get_array_module(features).repeat(features, self.count, axis=0)
            ids, lengths = np.repeat(ids, self.count, axis=0), np.repeat(lengths, self.count)
        loss, cache = self.objective.forward(features, ids, lengths, rng=rng, **noise)
        return loss, SeveralSamplesCache(cache)

    def backward(self, dloss, cache):
        """dloss → (dfeatures (N, L, D) or None, None, None)."""
        dfeatures, *_ = self.objective.backward(dloss, cache.objective)
        if dfeatures is not None:
            dfeatures = dfeatures.reshape(-1, self.count, *dfeatures.shape[1:]).sum(axis=1)  # a copy's gradients add
        return dfeatures, None, None

    def reference(self):
        """The same objective made of layer calls."""
        return SeveralSamples(self.objective.reference(), self.count)
