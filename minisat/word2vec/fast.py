"""Fast negative sampling: a batch as one small table of counts, so that all its pairs are three matrix products.

A fast twin (of SkipGram, SubwordSkipGram and CBOW with NegativeSampling, and of learning.Step) for NumPy. Three ideas:

* The loss of a pair depends on its two words alone. So a batch with U different words needs the U × U table C of how
  often each pair occurs, the U × U scores H Yᵀ, and for the gradient C ∘ (1 - σ(scores)), in place of hundreds of
  dot products; and as every word has one row, a repeated word is added up by the products, and nothing is scattered.
* All predictions of a batch share one pool of P noise words, each counting negatives/P. The expected gradient is that
  of own noise for each prediction, and its variance is smaller for the input words.
* What is the same word in the pool is one row, weighted by how often it was drawn.

The reference takes the same steps when it is given the same pool: NegativeSampling(V, M, noise_weight=negatives/P).
"""

import numpy as np

from minisat.nn.fast import sigmoid_in_place
from minisat.word2vec.alias import AliasTable
from minisat.word2vec.learning import REACH

_POOLS = 256  # drawn at once


class FastStep:
    """One step of stochastic gradient descent on a batch, for a `model` with a NegativeSampling output layer."""

    def __init__(self, model, corpus, settings):
        self.settings, self.output = settings, model.output.W.data
        self.dtype = self.output.dtype
        self.input = (model.embedding if settings.method == "skip-gram" else model.bag).W.data
        self.table = (model.ids.data, model.mask.data) if settings.method == "subword" else None
        self.noise = AliasTable(corpus.counts ** settings.noise_power)
        self.step = self.bags if settings.method == "cbow" else self.pairs
        self._slot = np.zeros(len(self.input), np.intp)
        self._pools = iter(())

    def __call__(self, batch, learning_rate, rng):
        """Change the model by -learning_rate times the gradient of the batch's loss."""
        pool = next(self._pools, None)
        if pool is None:
            self._pools = self.pools(self.noise.draw(rng, (_POOLS, self.settings.pool_size)))
            pool = next(self._pools)
        if len(batch.centres):
            self.step(batch, *pool, learning_rate)

    def pools(self, drawn):
        """drawn (R, P) ids → for each row (noise (U,), q (U,)): its different words and what each counts together."""
        drawn = np.sort(drawn, axis=1)
        new = np.diff(drawn, axis=1, prepend=-1) != 0
        words, places = drawn[new], np.append(np.flatnonzero(new), drawn.size)
        weights = np.diff(places).astype(self.dtype) * (self.settings.negatives / self.settings.pool_size)
        ends = np.cumsum(new.sum(axis=1)).tolist()
        return ((words[i:j], weights[i:j]) for i, j in zip([0, *ends], ends))

    def unique(self, ids):
        """ids (K,) → words (U,), each once, in order of first sight, and place (K,): words[place] = ids. No sorting."""
        slot, order = self._slot, np.arange(len(ids))
        slot[ids[::-1]] = order[::-1]  # the last one written stays: where each word is first
        first = slot[ids]
        is_first = first == order
        return ids[is_first], (np.cumsum(is_first) - 1)[first]

    def pairs(self, batch, noise, q, rate):
        """Skip-gram: every pair of words of the batch at once."""
        K = len(batch.ids)
        words, place = self.unique(np.concatenate([batch.ids, noise]))  # the U words of the batch, then more noise
        U = int(place[:K].max()) + 1
        C = np.bincount(place[batch.centres] * U + place[batch.contexts], minlength=U * U).reshape(U, U)
        C = C.astype(self.dtype)
        C *= rate
        noise_terms = np.zeros(len(words), self.dtype)
        noise_terms[place[K:]] = q
        X, H, A, rows = self.inputs(words[:U])
        Y = self.output[words]
        G = sigmoid_in_place(H @ Y.T)
        # n_u q_v pairs with noise (n the row sums of C) but for those whose true word it is, and the C_uv true pairs
        n = C.sum(axis=1)
        N = n[:, None] * -noise_terms
        N[:, :U] -= C * (1 - noise_terms[:U])
        G *= N
        G[:, :U] += C                             # G = -∂loss/∂scores = C ∘ (1 - σ) - noise ∘ σ, times the rate
        dH, dY = G @ Y, G.T @ H                   # scores = H Yᵀ  ⇒  dH = G Y,  dY = Gᵀ H
        Y += shortened(dY, -N.sum(axis=0))
        X = X + (shortened(dH, n) if A is None else shortened(A.T @ dH, A.T @ n))
        self.output[words] = Y
        self.input[rows] = X

    def inputs(self, words):
        """words (U,) → their rows X of the input table, H (U, M), the matrix A with H = mean of rows, the rows' ids."""
        if self.table is None:
            X = self.input[words]
            return X, X, None, words
        ids, mask = (part[words] for part in self.table)
        who, _ = np.nonzero(mask)
        rows, place = self.unique(ids[mask])
        A = np.bincount(who * len(rows) + place, minlength=len(words) * len(rows))
        A = A.reshape(len(words), len(rows)).astype(self.dtype)
        X, size = self.input[rows], A.sum(axis=1, keepdims=True)
        H = A @ X
        H /= size
        if self.settings.exact_mean:
            A /= size
        return X, H, A, rows

    def bags(self, batch, noise, q, rate):
        """CBOW: every word of the batch from the mean of its neighbours."""
        words, place = self.unique(batch.ids)
        U, N, centres = len(words), batch.size, batch.centres - batch.start
        A = np.bincount(centres * U + place[batch.contexts], minlength=N * U).reshape(N, U).astype(self.dtype)
        size = np.bincount(centres, minlength=N)
        share = (1 / np.maximum(size, 1)).astype(self.dtype)[:, None]
        X = self.input[words]
        H = A @ X
        H *= share
        # the true words
        own = slice(batch.start, batch.start + N)
        true = batch.ids[own]
        Y = self.output[true]
        g = sigmoid_in_place(-np.einsum("nm,nm->n", H, Y))
        g *= rate
        E = np.zeros((N, U), self.dtype)
        E[np.arange(N), place[own]] = g
        # the noise words
        Z = self.output[noise]
        G = sigmoid_in_place(H @ Z.T)
        G *= q * -rate
        G *= true[:, None] != noise
        dH = G @ Z
        Y *= g[:, None]
        dH += Y
        if self.settings.exact_mean:
            dH *= share
        # a word without neighbours has H = 0 and an empty row of A: it moves nothing
        self.output[words] += shortened(E.T @ H, np.bincount(place[own], minlength=U) * rate)
        self.output[noise] += shortened(G.T @ H, q * (N * rate))
        terms = A.sum(axis=0)
        self.input[words] = X + shortened(A.T @ dH, terms * rate)


def shortened(steps, terms):
    """steps (U, M), where a row of rate × terms (U,) above REACH is scaled down to that; in place (see learning.py)."""
    far = np.flatnonzero(terms > REACH)
    if len(far):
        steps[far] *= (REACH / terms[far])[:, None]
    return steps
