"""The GPU's twin of TeacherForcing over ShowAttendTell: the same numbers in some two hundred operations a step.

The algorithm is that of `fast/teacher_forcing.py`: rows of real words only, one product for all that meets h, each
weight gradient one product over all words. What is left between the products are few kernels (*.cu beside this), which
add in a fixed order, so that the same step gives the same bits. Nothing here waits for the GPU.
"""

from typing import Any, NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.backend.devices import cupy
from minisat.backend.kernels import Kernels, blocks
from minisat.backend.products import Block, block, products
from minisat.captioner.cuda.plan import Plan, plan
from minisat.captioner.fast.packing import Packing, pack
from minisat.captioner.sentinel_step import SentinelStep
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.teacher_forcing import TeacherForcing, metrics
from minisat.nn import AdditiveScore, LSTMCell, Module, Softmax

ATTEND, GATES = Kernels(__file__, "attend.cu"), Kernels(__file__, "gates.cu")
SUMS, WORDS = Kernels(__file__, "sums.cu"), Kernels(__file__, "words.cu")
PLACES = 4                    # as attend.cu has it
MOST_PLACES = 1024            # the attention's scores must fit into a block's memory
SHARED = 48 * 1024            # bytes of it that every GPU has


class CudaTeacherForcingCache(NamedTuple):
    """What backward remembers, all on the GPU. R rows are the real words, packed; suffixes name what the rows hold."""

    features: Any       # (photos, L, D), of Feature's type
    wide: Any           # (N, L, D) the same of this minibatch, for products
    packing: Packing
    plan: Plan
    embedded: Any       # (R, M)
    mean: Any           # (N, D) scaled
    first: Any          # (N, 2H) h_0 and c_0
    keys: Any           # (N, L, A)
    W_of_h: Any         # (H, S) the three matrices that multiply h, beside each other
    of_h: Any           # (R, S) i, f, g, o, then the query, and what h says of beta
    alpha: Any          # (R, L)
    attention_sum: Any  # (N, L) Σ_t alpha, longest caption first; None without a penalty
    beta: Any           # (R,)
    context: Any        # (R, D)
    z: Any              # (R, D)
    h_prev: Any         # (R, H)
    c: Any              # (R, H)
    tanh_c: Any         # (R, H)
    h: Any              # (R, H)
    dropout: Any        # (key,) of the hash, a mask (R, M), or None
    dropped: Any        # (R, M)
    dlogits: Any        # (R, V) their gradient for dloss = 1
    costs: Any          # (R,) −log p of the word that was asked for
    drawn: Any          # of hard attention: Drawn
    terms: dict         # as TeacherForcingCache's
    reinforce: Any = None  # ReinforceCache, per caption, longest first; None in evaluation

    @property
    def metrics(self):
        """{name: number} worth logging beside the cross-entropy."""
        return metrics(self.terms, self.alpha, cupy.ones(len(self.alpha), self.alpha.dtype))


class Drawn(NamedTuple):
    """Where hard attention looks: `choice` is filled in while the words are said, and the rest measured."""

    choice: int   # (R,) as HardAttention has it; an address, as the Plan's
    chance: int   # (R,) uniform float32 numbers that draw what is left open; or 0
    log_p: Any    # (R,) log alpha at the place that was drawn, 0 where none was
    entropy: Any  # (R,) H(alpha)


class CudaTeacherForcing(Module):
    """Same inputs, loss, gradients and parameters as `TeacherForcing(captioner, penalty, smoothing=…)`; CuPy only.

    `features` may be float16, whatever the captioner computes in. Their gradient is not made: backward returns None.
    """

    def __init__(self, captioner, penalty=None, smoothing=0.0):
        self.captioner, self.penalty, self.smoothing = captioner, penalty, smoothing

    @staticmethod
    def fits(captioner):
        """Whether there is a twin for `captioner`: soft attention, additive or concat score, LSTM, on the GPU."""
        return CudaTeacherForcing.could_fit(captioner) and isinstance(captioner.attend.softmax, Softmax)

    @staticmethod
    def could_fit(captioner):
        """Whether there is one for it, or would be with soft attention."""
        if not isinstance(captioner, ShowAttendTell) or cupy is None:
            return False
        attend, W = captioner.attend, captioner.keys.W
        shared = max(2 * W.shape[1] + 2 * MOST_PLACES, W.shape[0] + MOST_PLACES) + 32
        return (get_array_module(W.data) is cupy and W.data.dtype.char in "fd"
                and isinstance(attend.score, AdditiveScore) and isinstance(attend.cell, LSTMCell)
                and not isinstance(attend, SentinelStep)
                and captioner.normalise is None and shared * W.data.itemsize <= SHARED)

    def reference(self):
        """The same objective made of layer calls."""
        return TeacherForcing(self.captioner, self.penalty, smoothing=self.smoothing)

    def forward(self, features, ids, lengths, rng=None, mask=None, weights=None, read=None):
        """features (N, L, D), ids (N, T+1), lengths (N,) → (loss, cache), as the reference."""
        packing = pack(lengths)
        dropout = self.dropout(packing, rng, mask)
        host = plan(packing, ids if read is None else read, ids)
        cache = self.say(features, packing, host, dropout, weights=weights)
        return total_of(cache.terms), cache

    def dropout(self, packing, rng, mask):
        """(key,) of the hash that draws the reference's mask; or its mask's real words (R, M); or None."""
        dropout = self.captioner.dropout
        if mask is not None:
            return mask[packing.captions, packing.times] if dropout.active else None
        return (int(rng.integers(2**32)),) if dropout.active else None

    def say(self, features, packing, host, dropout, drawn=None, weights=None):
        """Teacher forcing by the Plan `host`; `drawn` (Drawn) where attention is hard."""
        model, attend = self.captioner, self.captioner.attend
        cell, score = attend.cell, attend.score
        dtype = model.keys.W.data.dtype
        multiply, empty = products(dtype), lambda *shape: cupy.empty(shape, dtype)
        feature = features.dtype if features.dtype != dtype else None
        (L, D), M, H, A = features.shape[1:], model.embedding.W.shape[1], cell.W_h.shape[0], score.v.shape[0]
        N, R, V, gates = len(packing.order), len(packing.captions), model.L_o.W.shape[1], 4 * H
        S = -(-(gates + A + 1) // 32) * 32
        divisor = model.scale.scale.data

        # Once per minibatch: first state, keys, words, and what these add to the gates.
        mean, first, keys, h_prev = empty(N, D), empty(N, 2 * H), empty(N * L, A), empty(R, H)
        WORDS["mean_of_places", dtype, feature or dtype](*blocks(N * D), (features, host.photo, mean, N, L, D, divisor))
        multiply(block(mean), block(model.init_h.W.data), block(first, columns=(0, H)))
        multiply(block(mean), block(model.init_c.W.data), block(first, columns=(H, 2 * H)))
        WORDS["first_state", dtype](*blocks(N * 2 * H), (first, model.init_h.b.data, model.init_c.b.data, h_prev, N,
                                                         host.steps[0][1], H))
        wide = features
        if feature:
            wide = empty(N, L, D)
            (across,), width = blocks(L * D)
            WORDS["widen", dtype, feature]((across, N), width, (features, host.rows, wide, L * D))
        multiply(block(wide.reshape(N * L, D)), block(model.keys.W.data), block(keys))
        W_of_h, of_h, embedded, total = empty(H, S), empty(R, S), empty(R, M), empty(R, M)
        WORDS["beside", dtype]((H,), (256,), (cell.W_h.data, score.W_h.data, attend.f_beta.W.data, W_of_h, H, gates, A,
                                              1, S))
        WORDS["begin_words", dtype]((R,), (256,), (
            host.words_in, model.embedding.W.data, cell.b.data, 0 if score.b is None else score.b.data,
            attend.f_beta.b.data, model.L_h.b.data, embedded, total, of_h, M, gates, A, 1, S))
        multiply(block(embedded), block(cell.W_x.data, (0, M)), block(of_h, columns=(0, gates)), add=True)
        if attend.query is not None:
            multiply(block(embedded), block(score.W_h.data, (H, None)), block(of_h, columns=(gates, gates + A)),
                     add=True)

        # Word by word.
        alpha, beta, context, z = empty(R, L), empty(R), empty(R, D), empty(R, D)
        c, tanh_c, h = empty(R, H), empty(R, H), empty(R, H)
        threads, shared = (threads_for(max(A, D)),), (2 * A + 2 * L + 32) * dtype.itemsize
        attend_kernel, lstm_kernel = ATTEND["attend", dtype, feature or dtype], GATES["lstm_step", dtype]
        heat, tiny = self.heat, float(np.finfo(dtype).tiny)
        look = drawn or (0,) * 4
        h_block, z_block, of_h_block = _Rows(h_prev), _Rows(z), _Rows(of_h)
        W_h, W_z = block(W_of_h, columns=(0, gates + A + 1)), block(cell.W_x.data, (M, None))
        before, at, stride = first, H, 2 * H
        for (row, n), (_, coming) in zip(host.steps, (*host.steps[1:], (R, 0))):
            multiply(h_block(row, n), W_h, of_h_block(row, n, gates + A + 1), add=True)
            attend_kernel((n,), threads, (keys, of_h, score.v.data, features, host.photo, host.key, alpha, beta,
                                          context, z, *look, row, L, A, D, S, gates, divisor, heat, tiny),
                          shared_mem=shared)
            multiply(z_block(row, n), W_z, of_h_block(row, n, gates), add=True)
            lstm_kernel(*blocks(n * H), (of_h, before, c, tanh_c, h, h_prev, row, n, coming, H, S, at, stride))
            before, at, stride = c, row * H, H

        # Once per minibatch: deep output, logits, losses.
        multiply(block(h), block(model.L_h.W.data), block(total), add=True)
        multiply(block(z), block(model.L_z.W.data), block(total), add=True)
        self._drop(total, dropout, host)
        logits, costs, weighted, loss = empty(R, V), empty(R), empty(R), empty()
        multiply(block(total), block(model.L_o.W.data), block(logits))
        if weights is not None:
            weights = cupy.asarray(np.asarray(weights)[packing.captions].astype(dtype))
        smoothing = self.smoothing if self.training else 0.0
        SUMS["logits_loss", dtype]((R,), (256,), (logits, model.L_o.b.data, host.words_out,
                                                  0 if weights is None else weights, costs, weighted, V, 1.0 / R,
                                                  smoothing))
        SUMS["total", dtype]((1,), (256,), (weighted, loss, R))
        terms, attention_sum = {"cross_entropy": loss, "penalty": 0.0}, None
        if self.penalty is not None:
            attention_sum = empty(N, L)
            WORDS["attention_sums", dtype](*blocks(N * L), (alpha, host.starts, host.lengths, attention_sum, N, L))
            terms["penalty"] = self.penalty.of_sums(attention_sum)
        return CudaTeacherForcingCache(features, wide, packing, host, embedded, mean, first, keys, W_of_h, of_h, alpha,
                                       attention_sum, beta, context, z, h_prev, c, tanh_c, h, dropout, total, logits,
                                       costs, drawn, terms)

    heat = 1.0  # one over the temperature

    def _drop(self, x, dropout, host):
        """x (R, M) times the dropout mask, in place."""
        if isinstance(dropout, tuple):
            R, M = x.shape
            p = self.captioner.dropout.p
            WORDS["drop", x.dtype](*blocks(R * M), (x, host.place, R, M, dropout[0], np.float32(p), 1.0 / (1.0 - p)))
        elif dropout is not None:
            x *= dropout

    def backward(self, dloss, cache):
        """dloss (a number) → (None, None, None)."""
        return self.sayback(float(dloss), cache)

    def sayback(self, dloss, cache, reward=0, dentropy=0):
        """Backward; hard attention's `reward` (N,) and `dentropy` (1,) reach its scores."""
        model, attend = self.captioner, self.captioner.attend
        cell, score, host = attend.cell, attend.score, cache.plan
        dtype = cache.h.dtype
        multiply, empty = products(dtype), lambda *shape: cupy.empty(shape, dtype)
        feature = cache.features.dtype
        (R, H), (N, D), M, A = cache.h.shape, cache.mean.shape, cache.embedded.shape[1], score.v.shape[0]
        V, gates, S, L = cache.dlogits.shape[1], 4 * H, cache.of_h.shape[1], cache.alpha.shape[1]
        divisor = model.scale.scale.data

        # Logits and deep output, all words at once.
        dlogits = cache.dlogits if dloss == 1.0 else cache.dlogits * dloss
        multiply(block(cache.dropped).T, block(dlogits), block(model.L_o.W.grad), add=True)
        self._column_sums(dlogits, R, V, model.L_o.b.grad)
        dtotal, dh, dz = empty(R, M), empty(R, H), empty(R, D)
        multiply(block(dlogits), block(model.L_o.W.data).T, block(dtotal))
        self._drop(dtotal, cache.dropout, host)
        multiply(block(cache.h).T, block(dtotal), block(model.L_h.W.grad), add=True)
        self._column_sums(dtotal, R, M, model.L_h.b.grad)
        multiply(block(cache.z).T, block(dtotal), block(model.L_z.W.grad), add=True)
        multiply(block(dtotal), block(model.L_h.W.data).T, block(dh))
        multiply(block(dtotal), block(model.L_z.W.data).T, block(dz))
        dsums = 0 if self.penalty is None else self.penalty.of_sums_backward(dloss, cache.attention_sum)

        # Back through time: what reaches h of the word before is added to its row of dh.
        d_of_h, de, dstate = empty(R, S), empty(R, L), cupy.zeros((2, N, H), dtype)
        dh_first, dc = dstate
        threads, shared = (threads_for(max(A, D)),), (D + L + 32) * dtype.itemsize
        look = (cache.drawn.choice, reward, cache.drawn.entropy, dentropy) if cache.drawn else (0,) * 4
        attend_kernel, lstm_kernel = ATTEND["attend_backward", dtype, feature], GATES["lstm_step_backward", dtype]
        dh_block, dz_block, d_block, W_z_T = _Rows(dh), _Rows(dz), _Rows(d_of_h), block(cell.W_x.data, (M, None)).T
        W_T = block(cache.W_of_h, columns=(0, gates + A + 1)).T
        tiny = float(np.finfo(dtype).tiny)
        for t in reversed(range(len(host.steps))):
            row, n = host.steps[t]
            earlier = host.steps[t - 1][0] if t else 0
            before, at, stride = (cache.c, earlier * H, H) if t else (cache.first, H, 2 * H)
            lstm_kernel(*blocks(n * H), (dh, dc, cache.of_h, before, cache.tanh_c, d_of_h, row, n, H, S, at, stride))
            multiply(d_block(row, n, gates), W_z_T, dz_block(row, n), add=True)
            attend_kernel((n,), threads, (cache.keys, cache.of_h, score.v.data, cache.features, host.photo, host.key,
                                          cache.alpha, cache.beta, cache.context, dz, dsums, *look, de, d_of_h, row, L,
                                          A, D, S, gates, divisor, self.heat, tiny), shared_mem=shared)
            multiply(d_block(row, n, gates + A + 1), W_T, dh_block(earlier, n) if t else block(dh_first, (0, n)),
                     add=t > 0)

        # Each weight gradient is one product over all words.
        columns = (0, gates), (gates, gates + A), (gates + A, gates + A + 1)
        for W, part in zip((cell.W_h.grad, score.W_h.grad[:H], attend.f_beta.W.grad), columns):
            multiply(block(cache.h_prev).T, block(d_of_h, columns=part), block(W), add=True)
        self._column_sums(d_of_h, R, gates, cell.b.grad, A, None if score.b is None else score.b.grad, 1,
                          attend.f_beta.b.grad)
        dgates = block(d_of_h, columns=columns[0])
        multiply(block(cache.z).T, dgates, block(cell.W_x.grad, (M, None)), add=True)
        multiply(block(cache.embedded).T, dgates, block(cell.W_x.grad, (0, M)), add=True)
        multiply(dgates, block(cell.W_x.data, (0, M)).T, block(dtotal), add=True)
        if attend.query is not None:
            dquery = block(d_of_h, columns=columns[1])
            multiply(block(cache.embedded).T, dquery, block(score.W_h.grad, (H, None)), add=True)
            multiply(dquery, block(score.W_h.data, (H, None)).T, block(dtotal), add=True)
        WORDS["embedding_gradient", dtype]((host.different,), (threads_for(M),), (
            dtotal, host.words_in, host.sorted_rows, host.edges, model.embedding.W.grad, M))

        # Keys, and the first state.
        parts = -(-L // PLACES)
        dkeys, dv = empty(N * L, A), empty(N * parts, A)
        ATTEND["attend_keys_gradient", dtype, feature]((parts, N), (threads_for(A),), (
            cache.keys, cache.of_h, score.v.data, de, host.key, host.starts, host.lengths, dkeys, dv, L, A, S, gates,
            divisor, self.heat))
        self._column_sums(dv, N * parts, A, score.v.grad)
        multiply(block(cache.wide.reshape(N * L, D)).T, block(dkeys), block(model.keys.W.grad), add=True)
        dfirst = empty(N, 2 * H)
        WORDS["first_state_backward", dtype](*blocks(N * 2 * H), (dh_first, dc, cache.first, dfirst, N, H))
        for layer, part in ((model.init_h, (0, H)), (model.init_c, (H, 2 * H))):
            multiply(block(cache.mean).T, block(dfirst, columns=part), block(layer.W.grad), add=True)
        self._column_sums(dfirst, N, H, model.init_h.b.grad, H, model.init_c.b.grad)
        return None, None, None

    @staticmethod
    def _column_sums(x, rows, n1, out1, n2=0, out2=None, n3=0, out3=None):
        """The sums of x's columns, added to bias gradients that stand beside each other."""
        out1, out2, out3 = (0 if out is None else out for out in (out1, out2, out3))
        SUMS["column_sums", x.dtype](*blocks(8 * (n1 + n2 + n3)), (x, rows, x.shape[1], out1, n1, out2, n2, out3, n3))


class _Rows:
    """Blocks of some rows of one matrix: what a time step tells cuBLAS, without looking at the array again."""

    def __init__(self, array):
        self.whole = block(array)
        self.size = self.whole.stride * array.itemsize

    def __call__(self, row, count, columns=None):
        pointer, _, all_columns, stride, _ = self.whole
        return Block(pointer + row * self.size, count, all_columns if columns is None else columns, stride)


def threads_for(entries):
    """Of a block that goes over so many entries together: warps enough for them, and no more than serve."""
    return min(512, -(-entries // 32) * 32)


def total_of(terms):
    """The loss: its terms added up, those left out that are plainly nothing."""
    first, *rest = [term for term in terms.values() if not (isinstance(term, float) and term == 0.0)]
    for term in rest:
        first = first + term
    return first
