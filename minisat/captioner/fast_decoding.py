"""The fast twin of ShowAttendTell's decoding steps on the CPU: blocked attention, one product for all that reads h."""

from typing import Any, NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.captioner.blocked_attention import BlockedAttention
from minisat.captioner.fast_hard_attention import look
from minisat.captioner.photo_captioner import PhotoCaptioner
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.nn import AdditiveScore, log_softmax
from minisat.vision import fast_inference


class FastDecoderState(NamedTuple):
    """As DecoderState: the photos once each, and the recurrent state of every caption being written."""

    attention: BlockedAttention
    photo: np.ndarray   # (N,)
    recurrent: Any      # (h, c), or (h,)
    said: int = 0       # words so far


class FastDecoder:
    """Speaks the protocol of its captioner, with the same numbers; NumPy only. Make it anew when weights change."""

    def __init__(self, captioner):
        self.captioner = captioner

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption a photo."""
        state = self.captioner.start(features)
        attend = self.captioner.attend
        v = attend.score.v.data * (attend.softmax.temperature if self.captioner.hard else 1.0)
        return FastDecoderState(BlockedAttention(state.features, state.keys, v), state.photo, state.recurrent)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, alpha (N, L), beta (N,))."""
        model, attend = self.captioner, self.captioner.attend
        h = state.recurrent[0]
        alpha = state.attention.alphas(attend.score.query(h), state.photo)
        if model.hard and attend.softmax.decoding != "expectation":
            choice = attend.softmax.choose(alpha, attend.decoding_rng(state.said))
            context = look(state.attention, alpha, choice, state.photo)
        else:
            context = state.attention.contexts(alpha, state.photo)
        beta = attend.sigmoid(attend.f_beta(h))
        z, word = beta * context, model.embedding(ids)
        recurrent = attend.cell(np.hstack([word, z]), state.recurrent)
        logits = model.L_o(word + model.L_h(recurrent[0]) + model.L_z(z))
        return log_softmax(logits), state._replace(recurrent=recurrent, said=state.said + 1), alpha, beta[:, 0]

    def select(self, state, index):
        """The state of captions `index` (K,), in that order."""
        return state._replace(photo=state.photo[index], recurrent=tuple(x[index] for x in state.recurrent))


def fast_decoder(model):
    """What to decode `model` with: its fast twin where there is one, else itself."""
    if isinstance(model, PhotoCaptioner):
        encoder = fast_inference(model.encoder, [grid for grid in (model.grid, model.after) if grid])
        return PhotoCaptioner(encoder, fast_decoder(model.captioner), model.grid, model.after)
    if (isinstance(model, ShowAttendTell) and isinstance(model.attend.score, AdditiveScore)
            and get_array_module(model.L_o.W.data) is np):
        return FastDecoder(model)
    return model
