"""The fast twin of TeacherForcing over ShowAttendTell, on the CPU: the same numbers, made in fewer passes.

What makes it fast: rows of real words only, longest captions first (`packing.py`); attention in cache-sized
blocks (`attention.py`); one product `h @ [W_h of the cell | of the score | of the look (looks.py)]` per step; and
each weight gradient from one product over all steps. A test holds it against the reference to 1e-10 in float64.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.captioner.fast.attention import BlockedAttention
from minisat.captioner.fast.looks import Gated, WithSentinel
from minisat.captioner.fast.normalisers import normaliser_of
from minisat.captioner.fast.packing import Packing, pack
from minisat.captioner.fast.words import Words, multiply, multiply_backward
from minisat.captioner.sentinel_step import SentinelStep
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.teacher_forcing import TeacherForcing, metrics
from minisat.nn import AdditiveScore, LSTMCell, Module
from minisat.nn.fast import sigmoid_in_place


class FastTeacherForcingCache(NamedTuple):
    """What backward remembers. R rows are the real words, packed; suffixes name what the rows hold."""

    features: np.ndarray      # (N, L, D), longest caption first
    packing: Packing
    words: Words              # those that were read
    words_out: np.ndarray     # (R,) the word that was asked for
    embedded: np.ndarray      # (R, M)
    mean: np.ndarray          # (N, D) scaled
    first: np.ndarray         # (N, 2H) h_0 and c_0
    norm: Any                 # the cache of `normalise`, or None: then `features` are normalised
    attention: BlockedAttention
    W_of_h: np.ndarray        # (H, 4H + A + …) the three matrices that multiply h
    query: np.ndarray         # (R, A)
    alpha: np.ndarray         # (R, L)
    attention_sum: np.ndarray  # (N, L) Σ_t alpha
    beta: np.ndarray          # (R, 1)
    seen: list                # what each step's look remembers
    z: np.ndarray             # (R, D)
    gates: np.ndarray         # (R, 4H) i, f, g, o
    h_prev: np.ndarray        # (R, H)
    c_prev: np.ndarray        # (R, H)
    tanh_c: np.ndarray        # (R, H)
    h: np.ndarray             # (R, H)
    dropout_mask: Any         # (R, M) or None
    dropped: np.ndarray       # (R, M)
    exponentials: np.ndarray  # (R, V) of the logits; divided by their sums, the probabilities
    sums: np.ndarray          # (R, 1)
    costs: np.ndarray         # (R,) −log p of the word that was asked for
    weights: np.ndarray       # (R,) what each of them counts in the cross-entropy
    smoothing: float          # 0 in evaluation
    terms: dict               # as TeacherForcingCache's
    drawn: Any = None         # of hard attention: DrawnCache

    @property
    def metrics(self):
        """{name: number} worth logging beside the cross-entropy."""
        return metrics(self.terms, self.alpha, np.ones(len(self.alpha), self.alpha.dtype))


def score_bias(score, A):
    """The score's bias (A,); the concat score has none."""
    return np.zeros(A, score.v.data.dtype) if score.b is None else score.b.data


def look_of(step):
    """How the attention step looks, in fast."""
    return WithSentinel(step) if isinstance(step, SentinelStep) else Gated(step)


def _transposed(W):
    """A contiguous copy of Wᵀ, stripe by stripe: a stripe stays in the cache, and the copy costs little."""
    copy = np.empty(W.shape[::-1], W.dtype)
    for start in range(0, len(W), 32):
        copy[:, start:start + 32] = W[start:start + 32].T
    return copy


class FastTeacherForcing(Module):
    """Same inputs, loss, gradients and parameters as `TeacherForcing(captioner, penalty, smoothing=…)`; NumPy only.

    The gradient of the features costs extra and is made only with `input_gradient=True` (an encoder trains
    along); otherwise backward returns None in its place.
    """

    def __init__(self, captioner, penalty=None, smoothing=0.0, input_gradient=False):
        self.captioner = captioner
        self.penalty = penalty
        self.smoothing = smoothing
        self.input_gradient = input_gradient

    @staticmethod
    def fits(captioner):
        """Whether there is a twin for `captioner`: additive or concat score, LSTM, on the CPU."""
        return (isinstance(captioner, ShowAttendTell)
                and isinstance(captioner.attend.score, AdditiveScore) and isinstance(captioner.attend.cell, LSTMCell)
                and get_array_module(captioner.L_o.W.data) is np)

    def reference(self):
        """The same objective made of layer calls."""
        return TeacherForcing(self.captioner, self.penalty, smoothing=self.smoothing)

    def forward(self, features, ids, lengths, rng=None, mask=None, weights=None, read=None):
        """features (N, L, D), ids (N, T+1), lengths (N,) → (loss, cache), as the reference."""
        packing = pack(lengths)
        dropout_mask = self.dropout_mask(packing, rng, mask, features)
        attend = partial(BlockedAttention, normaliser=normaliser_of(self.captioner.attend))
        cache = self.say(features, ids, packing, dropout_mask, attend, weights, read)
        return sum(cache.terms.values()), cache

    def say(self, features, ids, packing, dropout_mask, attend, weights=None, read=None):
        """Teacher forcing with a packed dropout mask; `attend(features, keys, v, scale)` makes the attention."""
        model, cell, score = self.captioner, self.captioner.attend.cell, self.captioner.attend.score
        scale = 1.0 / float(model.scale.scale.data)
        if not np.array_equal(packing.order, np.arange(len(packing.order))):
            features = features[packing.order]
        norm = None
        if model.normalise is not None:
            features, norm = model.normalise.forward(features * features.dtype.type(scale))
            scale = 1.0
        N, L, D = features.shape
        M, H, A = model.embedding.W.shape[1], cell.W_h.shape[0], score.v.shape[0]
        R, dtype = len(packing.captions), features.dtype
        words_in = (ids if read is None else read)[packing.captions, packing.times]
        words_out = ids[packing.captions, packing.times + 1]

        # Once per minibatch: first state, keys, embeddings and their share of the gates.
        mean = features.mean(axis=1) * scale
        first = np.tanh(np.hstack([mean @ model.init_h.W.data + model.init_h.b.data,
                                   mean @ model.init_c.W.data + model.init_c.b.data]))
        keys = (features.reshape(N * L, D) @ (model.keys.W.data * scale)).reshape(N, L, A)
        words = multiply(model, words_in)
        embedded, gates = model.embedding.W.data[words_in], words.of_word[:, :4 * H]
        W_z_T = _transposed(cell.W_x.data[M:])                # BLAS packs less when the large matrix comes first
        look = look_of(model.attend)
        W_of_h = np.hstack([cell.W_h.data, score.W_h.data[:H], look.W_h.data])
        b_of_h = np.concatenate([cell.b.data, score_bias(score, A), look.b.data])
        attention = attend(features, keys, score.v.data, scale)

        query, own = words.of_word[:, 4 * H:4 * H + A], words.of_word[:, 4 * H + A:]
        if not query.shape[1]:
            query = np.zeros((R, A), dtype)
        if not own.shape[1]:
            own = np.zeros((R, len(look.b.data)), dtype)
        alpha, beta, z, seen = np.empty((R, L), dtype), np.empty((R, 1), dtype), np.empty((R, D), dtype), []
        h_prev, c_prev, tanh_c, h = (np.empty((R, H), dtype) for _ in range(4))
        attention_sum = np.zeros((N, L), dtype)
        steps = packing.steps()
        h_t, c_t = first[:, :H], first[:, H:]
        for rows in steps:
            n = rows.stop - rows.start
            h_prev[rows], c_prev[rows] = h_t[:n], c_t[:n]
            of_h = h_prev[rows] @ W_of_h
            of_h += b_of_h
            query[rows] += of_h[:, 4 * H:4 * H + A]
            own[rows] += of_h[:, 4 * H + A:]
            alpha[rows], beta[rows], z[rows], remembered = look.forward(attention, query[rows], own[rows], c_prev[rows],
                                                                        rows)
            seen.append(remembered)
            attention_sum[:n] += alpha[rows]
            g = gates[rows]
            g += of_h[:, :4 * H]
            g += (W_z_T @ z[rows].T).T
            sigmoid_in_place(g[:, :2 * H])
            np.tanh(g[:, 2 * H:3 * H], out=g[:, 2 * H:3 * H])
            sigmoid_in_place(g[:, 3 * H:])
            c_t = g[:, H:2 * H] * c_prev[rows]               # c = f c_prev + i g
            c_t += g[:, :H] * g[:, 2 * H:3 * H]
            np.tanh(c_t, out=tanh_c[rows])
            h_t = np.multiply(g[:, 3 * H:], tanh_c[rows], out=h[rows])  # h = o tanh(c)

        # Once per minibatch: deep output, logits, losses.
        dropped = h @ model.L_h.W.data
        dropped += model.L_h.b.data
        dropped += z @ model.L_z.W.data
        dropped += embedded
        if dropout_mask is not None:
            dropped *= dropout_mask
        logits = dropped @ model.L_o.W.data
        logits += model.L_o.b.data
        logits -= logits.max(axis=1, keepdims=True)
        picked = logits[np.arange(R), words_out]
        smoothing = self.smoothing if self.training else 0.0
        above = picked - logits.mean(axis=1) if smoothing else 0.0
        exponentials = np.exp(logits, out=logits)
        sums = exponentials.sum(axis=1, keepdims=True)
        costs = np.log(sums[:, 0]) - picked
        weights = np.full(R, 1.0 / R) if weights is None else weights[packing.captions]
        weights = weights.astype(dtype)
        terms = {"cross_entropy": weights @ (costs + smoothing * above),  # as SmoothedCrossEntropy
                 "penalty": 0.0 if self.penalty is None else self.penalty.of_sums(attention_sum)}
        return FastTeacherForcingCache(
            features, packing, words, words_out, embedded, mean, first, norm, attention, W_of_h, query, alpha,
            attention_sum, beta, seen, z, gates, h_prev, c_prev, tanh_c, h, dropout_mask, dropped, exponentials,
            sums, costs, weights, smoothing, terms)

    def dropout_mask(self, packing, rng, mask, like):
        """The reference's mask, its real words only (R, M), or None."""
        if mask is None and not self.captioner.dropout.active:
            return None
        if mask is None:
            shape = len(packing.order), len(packing.starts) - 1, self.captioner.embedding.W.shape[1]
            mask = self.captioner.dropout.draw(shape, rng, like)
        return mask[packing.captions, packing.times]

    def backward(self, dloss, cache):
        """dloss (a number) → (dfeatures or None, None, None)."""
        model, cell, score = self.captioner, self.captioner.attend.cell, self.captioner.attend.score
        look, packing, gates = look_of(self.captioner.attend), cache.packing, cache.gates
        N, L, D = cache.features.shape
        R, H, M, A = len(packing.captions), cache.h.shape[1], cache.embedded.shape[1], score.v.shape[0]
        scale = cache.attention.scale

        # Logits and deep output, all words at once.
        weights = float(dloss) * cache.weights
        dlogits = cache.exponentials * (weights[:, None] / cache.sums)  # (p − q) times what the word counts
        if cache.smoothing:
            dlogits -= (cache.smoothing / dlogits.shape[1]) * weights[:, None]
        dlogits[np.arange(R), cache.words_out] -= (1.0 - cache.smoothing) * weights
        model.L_o.W.grad += cache.dropped.T @ dlogits
        model.L_o.b.grad += dlogits.sum(axis=0)
        dtotal = dlogits @ model.L_o.W.data.T
        if cache.dropout_mask is not None:
            dtotal *= cache.dropout_mask
        model.L_h.W.grad += cache.h.T @ dtotal
        model.L_h.b.grad += dtotal.sum(axis=0)
        model.L_z.W.grad += cache.z.T @ dtotal
        dh_all = dtotal @ model.L_h.W.data.T
        dz_all = dtotal @ model.L_z.W.data.T
        dpenalty = np.zeros((N, L), gates.dtype)
        if self.penalty is not None:
            dpenalty += self.penalty.of_sums_backward(dloss, cache.attention_sum)

        slopes = gates * (1.0 - gates)                                 # σ' = σ (1 − σ)
        slopes[:, 2 * H:3 * H] = 1.0 - gates[:, 2 * H:3 * H] ** 2      # tanh' = 1 − g²
        through_tanh = gates[:, 3 * H:] * (1.0 - cache.tanh_c ** 2)

        # Back through time. `d_of_h` gathers the gradients of h @ [cell | score | look].
        d_of_h = np.empty((R, cache.W_of_h.shape[1]), gates.dtype)
        dcontext_all = np.empty_like(cache.z) if self.input_gradient else None
        dh_next, dc_next = np.zeros((N, H), gates.dtype), np.zeros((N, H), gates.dtype)
        W_z = cell.W_x.data[M:]
        attention = cache.attention
        sums, gathered = attention.start_backward(), look.start_backward(R, gates.dtype)
        for rows, remembered in zip(reversed(packing.steps()), reversed(cache.seen)):
            n = rows.stop - rows.start
            dh = dh_all[rows]
            dh += dh_next[:n]
            dc = dh * through_tanh[rows]                               # h = o tanh(c) ⇒ dc += dh o (1 − tanh² c)
            dc += dc_next[:n]
            dgates = d_of_h[rows, :4 * H]
            np.multiply(dc, gates[rows, 2 * H:3 * H], out=dgates[:, :H])  # c = f c_prev + i g ⇒ di = dc g
            np.multiply(dc, cache.c_prev[rows], out=dgates[:, H:2 * H])  #                       df = dc c_prev
            np.multiply(dc, gates[rows, :H], out=dgates[:, 2 * H:3 * H])  #                      dg = dc i
            np.multiply(dh, cache.tanh_c[rows], out=dgates[:, 3 * H:])  # h = o tanh(c) ⇒ do = dh tanh(c)
            dgates *= slopes[rows]
            np.multiply(dc, gates[rows, H:2 * H], out=dc_next[:n])     # dc_prev = dc f
            dz = dz_all[rows]
            dz += (W_z @ dgates.T).T                                   # as W_z_T above
            d_of_h[rows, 4 * H:4 * H + A], d_of_h[rows, 4 * H + A:], dmemory, dcontext = look.backward(
                gathered, attention, sums, cache.query[rows], cache.alpha[rows], cache.beta[rows], remembered, dz,
                dpenalty[:n], rows)
            dc_next[:n] += dmemory
            if dcontext_all is not None:
                dcontext_all[rows] = dcontext
            dh_next[:n] = (cache.W_of_h @ d_of_h[rows].T).T

        # Each weight gradient is one product over all words.
        dgates = d_of_h[:, :4 * H]
        d_W_of_h = cache.h_prev.T @ d_of_h
        d_b_of_h = d_of_h.sum(axis=0)
        for layer_W, layer_b, columns in ((cell.W_h.grad, cell.b, slice(0, 4 * H)),
                                          (score.W_h.grad[:H], score.b, slice(4 * H, 4 * H + A)),
                                          (look.W_h.grad, look.b, slice(4 * H + A, None))):
            layer_W += d_W_of_h[:, columns]
            if layer_b is not None:
                layer_b.grad += d_b_of_h[columns]
        cell.W_x.grad[M:] += cache.z.T @ dgates
        look.finish_backward(gathered, cache.seen)
        multiply_backward(model, cache.words, d_of_h[:, :cache.words.W.shape[1]], dtotal)

        dkeys, dv = attention.finish_backward(sums)
        score.v.grad += dv
        dkeys = dkeys.reshape(N * L, A)
        dW_keys = cache.features.reshape(N * L, D).T @ dkeys
        dW_keys *= scale
        model.keys.W.grad += dW_keys
        dfirst = np.hstack([dh_next, dc_next]) * (1.0 - cache.first * cache.first)
        dmean = 0.0
        for layer, d in ((model.init_h, dfirst[:, :H]), (model.init_c, dfirst[:, H:])):
            layer.W.grad += cache.mean.T @ d
            layer.b.grad += d.sum(axis=0)
            if self.input_gradient:
                dmean = dmean + d @ layer.W.data.T
        if not self.input_gradient:
            return None, None, None
        return self._feature_gradient(cache, dkeys, dmean, dcontext_all), None, None

    def _feature_gradient(self, cache, dkeys, dmean, dcontext):
        """dfeatures (N, L, D) in the caller's order, from keys, mean and every step's context."""
        N, L, D = cache.features.shape
        dfeatures = (dkeys @ self.captioner.keys.W.data.T).reshape(N, L, D)
        dfeatures += (dmean / L)[:, None]
        for rows in cache.packing.steps():                             # z = Σ alpha a ⇒ da += alpha dz
            n = rows.stop - rows.start
            dfeatures[:n] += cache.attention.weights(cache.alpha[rows], rows)[:, :, None] * dcontext[rows, None]
        if cache.norm is not None:
            dfeatures = self.captioner.normalise.backward(dfeatures, cache.norm)
        dfeatures *= 1.0 / float(self.captioner.scale.scale.data)
        result = np.empty_like(dfeatures)
        result[cache.packing.order] = dfeatures
        return result
