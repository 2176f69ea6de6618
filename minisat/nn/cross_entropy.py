"""Softmax cross-entropy: the mean surprise at the right words."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Module


def log_softmax(logits):
    """logits (..., V) → log p (..., V) = logits - log Σ e^logits, without overflow or log 0."""
    xp = get_array_module(logits)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - xp.log(xp.exp(shifted).sum(axis=-1, keepdims=True))


class CrossEntropyCache(NamedTuple):
    """What backward remembers."""

    p: np.ndarray        # (K, V) probabilities
    targets: np.ndarray  # (K,)
    weight: np.ndarray   # (K,) what each position counts: 0 where masked
    shape: tuple         # of the logits


class CrossEntropy(Module):
    """loss = the mean of -log p_k[target_k], p = softmax(logits), over the positions k that are not masked."""

    def forward(self, logits, targets, *, mask=None, weight=None):
        """logits (..., V), targets (...) ids, mask (...) true where a word is real → loss ().

        With everything masked the loss is 0. With `weight` (...), of either sign, it is Σ weight · -log p over the
        positions that are not masked, instead of their mean.
        """
        xp = get_array_module(logits)
        V = logits.shape[-1]
        real = xp.ones(targets.shape, dtype=logits.dtype) if mask is None else mask.astype(logits.dtype)
        weight = real / xp.maximum(real.sum(), 1) if weight is None else real * weight
        weight, targets = weight.astype(logits.dtype).reshape(-1), targets.reshape(-1)
        log_p = log_softmax(logits.reshape(-1, V))
        picked = log_p[xp.arange(len(targets)), targets]
        loss = -xp.where(weight != 0, weight * picked, 0.0).sum()  # what is masked does not count, whatever its logits
        return loss, CrossEntropyCache(xp.exp(log_p), targets, weight, logits.shape)

    def backward(self, dloss, cache):
        """dloss (a number, 1.0 in training) → (dlogits (..., V), None): targets have no gradient."""
        p, targets, weight, shape = cache
        weight = weight * dloss
        dlogits = p * weight[:, None]  # ∂(-log p[target]) / ∂logits = p - onehot(target)
        dlogits[get_array_module(p).arange(len(targets)), targets] -= weight
        return dlogits.reshape(shape), None
