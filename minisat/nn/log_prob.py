"""The log-probability of a chosen entry, a word say: what a sentence's score is a sum of."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.cross_entropy import log_softmax
from minisat.nn.module import Module


class LogProbCache(NamedTuple):
    """What backward remembers."""

    p: np.ndarray        # (..., V) probabilities
    targets: np.ndarray  # (...)


class LogProb(Module):
    """log p_w, p = softmax(z / τ), of the entry w of each row. τ = `temperature` divides: above 1 it flattens p."""

    def __init__(self, temperature=1.0):
        self.temperature = temperature

    def forward(self, logits, targets):
        """logits (..., V), targets (...) → log p (...) of the targets."""
        xp = get_array_module(logits)
        log_p = log_softmax(logits / self.temperature)
        said = xp.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
        return said, LogProbCache(xp.exp(log_p), targets)

    def backward(self, dlog_p, cache):
        """dlog_p (...) → (dlogits (..., V), None): targets have no gradient."""
        p, targets = cache
        xp = get_array_module(p)
        onehot = targets[..., None] == xp.arange(p.shape[-1])
        return dlog_p[..., None] * (onehot - p) / self.temperature, None  # ∂ log p_w / ∂z_v = ([v = w] − p_v) / τ
