"""Fast additive attention on the CPU: a few photos at a time, so that a block stays in the cache.

A fast twin (of AdditiveScore, Softmax or Sparsemax, and WeightedSum together) for one minibatch or one decoding step.
The activations tanh(keys + query) are (N, L, A), by far the largest arrays of a captioner: they are made block by
block, and made again in the backward pass rather than kept.
"""

from typing import NamedTuple

import numpy as np

from minisat.captioner.fast.normalisers import SOFTMAX
from minisat.captioner.fast.threads import each

BLOCK = 2**17  # activations a block: half a MiB of float32


class AttentionSums(NamedTuple):
    """Gradients that add up over the time steps of one backward pass."""

    de_s2: np.ndarray  # (P, L, A) Σ_t de s²
    de: np.ndarray     # (P, L) Σ_t de
    dv: np.ndarray     # (A,)


class BlockedAttention:
    """Additive attention over features (P, L, D) with keys (P, L, A) and the score vector v (A,).

    `scale` multiplies the features on the fly: the context is scale · Σ alpha a. `normaliser` makes alpha of scores.
    """

    def __init__(self, features, keys, v, scale=1.0, normaliser=SOFTMAX):
        self.features, self.keys, self.v, self.scale, self.normaliser = features, keys, v, scale, normaliser
        self.block = max(1, BLOCK // (keys.shape[1] * keys.shape[2]))

    def _blocks(self, count, photo):
        """(rows, photos) slices: row k looks at photo k, or a run of rows looks at one photo."""
        if photo is None:
            edges = [*range(0, count, self.block), count]
            return [(slice(i, j), slice(i, j)) for i, j in zip(edges, edges[1:])]
        edges = [0, *(np.flatnonzero(photo[1:] != photo[:-1]) + 1).tolist(), count]
        return [(slice(i, j), slice(photo[i], photo[i] + 1)) for i, j in zip(edges, edges[1:])]

    def scores(self, query, photo=None):
        """query (n, A) = h W_h + b → e (n, L).

        Row k looks at photo k, or at photo `photo[k]` (fast where rows of one photo stand together).
        """
        e = np.empty((query.shape[0], self.keys.shape[1]), query.dtype)

        def block(rows, photos):
            room = np.empty((min(self.block, rows.stop - rows.start), *self.keys.shape[1:]), query.dtype)
            for start in range(rows.start, rows.stop, self.block):  # many rows may look at one photo
                part = slice(start, min(start + self.block, rows.stop))
                s = np.add(self.keys[photos], query[part, None], out=room[:part.stop - start])
                np.tanh(s, out=s)
                np.matmul(s.reshape(-1, s.shape[-1]), self.v, out=e[part].reshape(-1))  # e = v · tanh(key + query)
        each(block, self._blocks(len(e), photo))
        return e

    def alphas(self, query, photo=None):
        """query (n, A) → alpha (n, L); `photo` as above."""
        return self.normaliser.in_place(self.scores(query, photo))

    def contexts(self, alpha, photo=None):
        """alpha (n, L) → context (n, D) = Σ alpha_i a_i; `photo` as above."""
        context = np.empty((alpha.shape[0], self.features.shape[2]), alpha.dtype)

        def block(rows, photos):
            if photo is None:
                np.matmul(alpha[rows, None], self.features[photos], out=context[rows, None])
            else:
                np.matmul(alpha[rows], self.features[photos.start], out=context[rows])
        each(block, self._blocks(len(alpha), photo))
        context *= self.scale
        return context

    def forward(self, query, rows=None):
        """query (n, A) → alpha (n, L), context (n, D); `rows` (a slice) says which words these are."""
        alpha = self.alphas(query)
        return alpha, self.contexts(alpha)

    def start_backward(self):
        """Make room for the gradients that add up over the time steps."""
        return AttentionSums(np.zeros_like(self.keys), np.zeros(self.keys.shape[:2], self.keys.dtype),
                             np.zeros_like(self.v))

    def alpha_gradient(self, dcontext, rows=None):
        """dcontext (n, D) of one step's words `rows` → dalpha (n, L)."""
        dalpha = np.empty((len(dcontext), self.keys.shape[1]), dcontext.dtype)
        dcontext = dcontext * self.scale

        def block(part, _):
            np.matmul(self.features[part], dcontext[part, :, None], out=dalpha[part, :, None])  # z = Σ alpha a
        each(block, self._blocks(len(dalpha), None))
        return dalpha

    def score_gradient(self, alpha, dcontext, dalpha, rows=None):
        """One step's dcontext (n, D) and further dalpha (n, L) → de (n, L)."""
        total = self.alpha_gradient(dcontext, rows)
        total += dalpha
        return self.normaliser.gradient_in_place(total, alpha)

    def backward(self, sums, query, de):
        """One step's de (n, L), which sums to 0 over all places → dquery (n, A); the rest adds up in `sums`."""
        n = query.shape[0]
        dquery = np.empty_like(query)
        sums.de[:n] += de

        def block(part, _):
            s = self.keys[part] + query[part, None]
            np.tanh(s, out=s)
            dv = de[part].reshape(-1) @ s.reshape(-1, s.shape[-1])   # e = v · s ⇒ dv = Σ de s
            s *= s
            # d tanh = 1 − s², and Σ_l de = 0: only the −s² part reaches the query.
            np.matmul(de[part, None], s, out=dquery[part, None])
            s *= de[part, :, None]
            sums.de_s2[part] += s
            return dv
        for dv in each(block, self._blocks(n, None)):
            sums.dv[...] += dv
        dquery *= -self.v
        return dquery

    def weights(self, alpha, rows):
        """What the features were weighted with: alpha (n, L)."""
        return alpha

    def finish_backward(self, sums):
        """dkeys (P, L, A) = v Σ_t de (1 − s²) and dv (A,) of all steps. Uses `sums` up."""
        dkeys = np.subtract(sums.de[..., None], sums.de_s2, out=sums.de_s2)
        dkeys *= self.v
        return dkeys, sums.dv
