"""The GPU's twin of ShowAttendTell's decoding steps, and of the search for the best words: few operations, one copy."""

from typing import Any, NamedTuple

import numpy as np

from minisat.backend import GPU
from minisat.backend.devices import cupy
from minisat.backend.kernels import Kernels, blocks
from minisat.backend.products import block, products
from minisat.captioner.cuda.teacher_forcing import ATTEND, GATES, WORDS, CudaTeacherForcing, threads_for
from minisat.captioner.decoding.best_words import best_words

DECODING = Kernels(__file__, "decoding.cu")
MOST = 64  # best words a row: beyond, a sort is faster


class CudaDecoderState(NamedTuple):
    """As DecoderState, on the GPU."""

    features: Any  # (photos, L, D), scaled
    keys: Any      # (photos, L, A)
    photo: Any     # (K,) int32
    h: Any         # (K, H)
    c: Any         # (K, H)


class CudaDecoder:
    """Speaks the protocol of its captioner, with the same numbers; CuPy only. Make it anew when weights change."""

    def __init__(self, captioner):
        self.captioner = captioner
        attend, score = captioner.attend, captioner.attend.score
        H, A = attend.cell.W_h.shape[0], score.v.shape[0]
        self.dtype, self.gates, self.S = score.v.data.dtype, 4 * H, -(-(4 * H + A + 1) // 32) * 32
        self.W_of_h = cupy.empty((H, self.S), self.dtype)
        WORDS["beside", self.dtype]((H,), (256,), (attend.cell.W_h.data, score.W_h.data, attend.f_beta.W.data,
                                                   self.W_of_h, H, self.gates, A, 1, self.S))
        self.one = cupy.ones((), self.dtype)  # what features and keys are still to be divided by
        self.heat = 1.0 / attend.softmax.temperature if captioner.hard else 1.0
        self.multiply = products(self.dtype)

    @staticmethod
    def fits(captioner):
        """Whether there is a twin for `captioner`: where there is one in training, and nothing is drawn."""
        return CudaTeacherForcing.could_fit(captioner) and (
            not captioner.hard or captioner.attend.softmax.decoding == "expectation")

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        state = self.captioner.start(features.astype(self.dtype, copy=False))
        return CudaDecoderState(state.features, state.keys, state.photo.astype(np.int32), *state.recurrent)

    def step(self, state, ids):
        """The words `ids` (K,) were said → (log_probs (K, V), state, alpha (K, L), beta (K,))."""
        model, attend, dtype, multiply = self.captioner, self.captioner.attend, self.dtype, self.multiply
        cell, score, gates, S = attend.cell, attend.score, self.gates, self.S
        (K, H), (_, L, D), A = state.h.shape, state.features.shape, state.keys.shape[2]
        (V, M), empty = model.embedding.W.shape, lambda *shape: cupy.empty(shape, dtype)
        embedded, total, of_h = empty(K, M), empty(K, M), empty(K, S)
        WORDS["begin_words", dtype]((K,), (256,), (
            ids.astype(np.int32, copy=False), model.embedding.W.data, cell.b.data,
            0 if score.b is None else score.b.data, attend.f_beta.b.data, model.L_h.b.data, embedded, total, of_h, M,
            gates, A, 1, S))
        multiply(block(embedded), block(cell.W_x.data, (0, M)), block(of_h, columns=(0, gates)), add=True)
        if attend.query is not None:
            multiply(block(embedded), block(score.W_h.data, (H, None)), block(of_h, columns=(gates, gates + A)),
                     add=True)
        width = 0, gates + A + 1
        multiply(block(state.h), block(self.W_of_h, columns=width), block(of_h, columns=width), add=True)
        alpha, beta, context, z = empty(K, L), empty(K), empty(K, D), empty(K, D)
        ATTEND["attend", dtype, dtype]((K,), (threads_for(max(A, D)),), (
            state.keys, of_h, score.v.data, state.features, state.photo, state.photo, alpha, beta, context, z,
            0, 0, 0, 0, 0, L, A, D, S, gates, self.one, self.heat, 0.0),
            shared_mem=(2 * A + 2 * L + 32) * dtype.itemsize)
        multiply(block(z), block(cell.W_x.data, (M, None)), block(of_h, columns=(0, gates)), add=True)
        c, tanh_c, h = empty(K, H), empty(K, H), empty(K, H)
        GATES["lstm_step", dtype](*blocks(K * H), (of_h, state.c, c, tanh_c, h, 0, 0, K, 0, H, S, 0, H))
        multiply(block(h), block(model.L_h.W.data), block(total), add=True)
        multiply(block(z), block(model.L_z.W.data), block(total), add=True)
        log_probs = empty(K, V)
        multiply(block(total), block(model.L_o.W.data), block(log_probs))
        DECODING["log_softmax", dtype]((K,), (256,), (log_probs, model.L_o.b.data, V))
        return log_probs, state._replace(h=h, c=c), alpha, beta

    def select(self, state, index):
        """The state of captions `index` (K,), in that order."""
        K, H = len(index), state.h.shape[1]
        h, c, photo = cupy.empty((K, H), self.dtype), cupy.empty((K, H), self.dtype), cupy.empty(K, np.int32)
        DECODING["select_captions", self.dtype]((K,), (threads_for(H),), (
            state.h, state.c, state.photo, index.astype(np.int64, copy=False), h, c, photo, H))
        return state._replace(photo=photo, h=h, c=c)


@best_words.twin(GPU)
def best_words_by_rounds(log_probs, count):
    """As `best_words`."""
    rows, V = log_probs.shape
    count = min(count, V)
    if count > MOST or log_probs.strides[1] != log_probs.itemsize:
        return best_words.reference(log_probs, count)
    found = cupy.empty((rows, 2, count), log_probs.dtype)
    DECODING["best_words", log_probs.dtype]((rows,), (256,), (log_probs, found, V,
                                                              log_probs.strides[0] // log_probs.itemsize, count))
    found = found.get()
    return found[:, 0], found[:, 1].astype(np.int64)
