"""The fast twin of ShowAttendTell's decoding steps on the CPU, for the LSTM and additive (or concat) scores.

What makes it fast: blocked attention; one product for all that reads h, another for all that reads z; and what a
word adds, computed when it is first said and kept.
"""

from typing import NamedTuple

import numpy as np

from minisat.captioner.fast.attention import BlockedAttention
from minisat.captioner.fast.hard_attention import look
from minisat.captioner.fast.looks import WithSentinel
from minisat.captioner.fast.normalisers import normaliser_of
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing, look_of, score_bias
from minisat.captioner.fast.words import weights_of_word
from minisat.nn.fast import sigmoid_in_place


class FastDecoderState(NamedTuple):
    """As DecoderState: the photos once each, and the recurrent state of every caption being written."""

    attention: BlockedAttention
    photo: np.ndarray   # (N,)
    of_h: np.ndarray    # (N, 4H + A + … + M) what gates, score, look and deep output make of h
    c: np.ndarray       # (N, H)
    said: int = 0       # words so far


class FastDecoder:
    """Speaks the protocol of its captioner, with the same numbers; NumPy only. Make it anew when weights change."""

    def __init__(self, captioner):
        self.captioner = captioner
        cell, score, self.look = captioner.attend.cell, captioner.attend.score, look_of(captioner.attend)
        V, M = captioner.embedding.W.shape
        A, H = score.v.shape[0], cell.W_h.shape[0]
        self.columns = np.cumsum([4 * H, A, self.look.b.shape[0]]).tolist()  # where gates, query and look end
        self.W_of_h = np.hstack([cell.W_h.data, score.W_h.data[:H], self.look.W_h.data, captioner.L_h.W.data])
        self.b_of_h = np.concatenate([cell.b.data, score_bias(score, A), self.look.b.data, captioner.L_h.b.data])
        self.W_of_z = np.hstack([cell.W_x.data[M:], captioner.L_z.W.data])
        self.W_of_word = weights_of_word(captioner.attend, M)
        self.of_word = np.empty((V, self.W_of_word.shape[1]), self.W_of_word.dtype)
        self.known = np.zeros(V, bool)  # the words whose row of `of_word` is there

    @staticmethod
    def fits(captioner):
        """Whether there is a twin for `captioner`: where there is one in training."""
        return FastTeacherForcing.fits(captioner)

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        state = self.captioner.start(features)
        attend = self.captioner.attend
        v = attend.score.v.data / (attend.softmax.temperature if self.captioner.hard else 1.0)
        h, c = state.recurrent
        attention = BlockedAttention(state.features, state.keys, v, normaliser=normaliser_of(attend))
        return FastDecoderState(attention, state.photo, self._of_h(h), c)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, alpha (N, L), beta (N,))."""
        model = self.captioner
        gates_end, query_end, look_end = self.columns
        H = gates_end // 4
        of_word = self._of_word(ids)
        query, own = state.of_h[:, gates_end:query_end], state.of_h[:, query_end:look_end]
        if of_word.shape[1] > gates_end:
            query = query + of_word[:, gates_end:query_end]
        if isinstance(self.look, WithSentinel):
            own = own + of_word[:, query_end:]
            alpha, beta, z, _ = self.look.forward(state.attention, query, own, state.c, photo=state.photo)
        else:
            alpha = state.attention.alphas(query, state.photo)
            beta = sigmoid_in_place(own.copy())
            z = beta * self._contexts(state, alpha)
        of_z = z @ self.W_of_z
        gates = of_z[:, :gates_end]
        gates += state.of_h[:, :gates_end]
        gates += of_word[:, :gates_end]
        i_f, g, o = sigmoid_in_place(gates[:, :2 * H]), gates[:, 2 * H:3 * H], sigmoid_in_place(gates[:, 3 * H:])
        c = i_f[:, H:] * state.c                                      # c = f c_prev + i g
        c += i_f[:, :H] * np.tanh(g, out=g)
        of_h = self._of_h(o * np.tanh(c))                             # h = o tanh(c)
        total = model.embedding.W.data[ids]
        total += of_h[:, look_end:]
        total += of_z[:, gates_end:]
        log_probs = total @ model.L_o.W.data
        log_probs += model.L_o.b.data
        log_probs -= log_probs.max(axis=1, keepdims=True)
        log_probs -= np.log(np.exp(log_probs).sum(axis=1, keepdims=True))
        return log_probs, state._replace(of_h=of_h, c=c, said=state.said + 1), alpha, beta[:, 0]

    def select(self, state, index):
        """The state of captions `index` (K,), in that order."""
        return state._replace(photo=state.photo[index], of_h=state.of_h[index], c=state.c[index])

    def _of_h(self, h):
        """h (N, H) → all that reads it, at once."""
        of_h = h @ self.W_of_h
        of_h += self.b_of_h
        return of_h

    def _contexts(self, state, alpha):
        """What is seen with alpha (N, L): (N, D)."""
        attend = self.captioner.attend
        if not self.captioner.hard or attend.softmax.decoding == "expectation":
            return state.attention.contexts(alpha, state.photo)
        choice = attend.softmax.choose(alpha, attend.decoding_rng(state.said))
        return look(state.attention, alpha, choice, state.photo)

    def _of_word(self, ids):
        """What the words make with the weights that multiply them, (N, 4H + …)."""
        new = np.unique(ids[~self.known[ids]])
        if len(new):
            self.of_word[new] = self.captioner.embedding.W.data[new] @ self.W_of_word
            self.known[new] = True
        return self.of_word[ids]
