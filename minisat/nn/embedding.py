"""Embedding: a learnt vector for every word id."""

from typing import NamedTuple

import numpy as np

from minisat.backend import scatter_add
from minisat.nn import init
from minisat.nn.module import Module, Parameter


class EmbeddingCache(NamedTuple):
    """What backward remembers."""

    ids: np.ndarray  # (...) integers


class Embedding(Module):
    """y = W[ids]: row `id` of W (V, M) stands for word `id`. W starts uniform in [-0.1, 0.1]."""

    def __init__(self, V, M, *, rng=None, weight_init=None):
        draw = weight_init or init.uniform(0.1)
        self.W = Parameter(draw(np.random.default_rng(rng), (V, M)))

    def forward(self, ids):
        """ids (...) integers in 0..V-1 → y (..., M)."""
        return self.W.data[ids], EmbeddingCache(ids)

    def backward(self, dy, cache):
        """dy (..., M) → None: ids have no gradient. Adds each row of dy to the row of dW it came from."""
        (ids,) = cache
        # y_k = W[ids_k]  ⇒  dW[v] = Σ of dy_k over all k with ids_k = v, repeated words included
        scatter_add(self.W.grad, ids.reshape(-1), dy.reshape(-1, dy.shape[-1]))
        return None
