"""The fast twin of TeacherForcing with REINFORCE on the CPU: the soft twin, with locations drawn inside its attention.

Where a location was drawn, one feature is fetched instead of all being averaged, and no gradient goes back through
the features. A test holds it against the reference to 1e-10 in float64.
"""

import copy
from functools import partial
from typing import NamedTuple

import numpy as np

from minisat.backend import uniform
from minisat.captioner.fast.attention import BlockedAttention
from minisat.captioner.fast.packing import pack
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.captioner.reinforce import ReinforceCache
from minisat.captioner.teacher_forcing import TeacherForcing, copied, summed
from minisat.nn import ARGMAX, SAMPLE
from minisat.nn.hard_attention import draw_location


class DrawnAttention(BlockedAttention):
    """BlockedAttention that looks where `choice` (R,) says, word by word; see HardAttention for what it may say.

    `uniform` (R,) draws what is left open, or None; `choice` is filled in step by step in the forward pass.
    """

    def __init__(self, features, keys, v, scale, temperature, choice, uniform):
        super().__init__(features, keys, v / temperature, scale)
        self.temperature, self.choice, self.uniform = temperature, choice.copy(), uniform
        self.dscores = None  # (R, L), what REINFORCE and the entropy add to the scores' gradient

    def forward(self, query, rows=None):
        """query (n, A) → alpha (n, L), context (n, D) of the words `rows`."""
        alpha, choice = self.alphas(query), self.choice[rows]
        choice[choice == ARGMAX] = alpha.argmax(axis=1)[choice == ARGMAX]
        if self.uniform is not None:
            choice[:] = np.where(choice == SAMPLE, draw_location(alpha, self.uniform[rows]), choice)
        return alpha, look(self, alpha, choice)

    def alpha_gradient(self, dcontext, rows=None):
        """As BlockedAttention's: the context's gradient reaches alpha only where nothing was drawn."""
        dalpha = np.zeros((len(dcontext), self.keys.shape[1]), dcontext.dtype)
        for k in np.flatnonzero(self.choice[rows] < 0):
            dalpha[k] = self.features[k] @ (dcontext[k] * self.scale)
        return dalpha

    def score_gradient(self, alpha, dcontext, dalpha, rows=None):
        """As BlockedAttention's, and what REINFORCE and the entropy add."""
        return super().score_gradient(alpha, dcontext, dalpha, rows) + self.dscores[rows]

    def weights(self, alpha, rows):
        """onehot(s) where a location was drawn, else alpha: (n, L)."""
        choice = self.choice[rows, None]
        return np.where(choice < 0, alpha, choice == np.arange(alpha.shape[1])).astype(alpha.dtype)

    def finish_backward(self, sums):
        """As BlockedAttention's, with dv for the score's own v."""
        dkeys, dv = super().finish_backward(sums)
        return dkeys, dv / self.temperature


def look(attention, alpha, choice, photo=None):
    """alpha (n, L), choice (n,) → context (n, D): a at the chosen location, or Σ alpha a where choice is negative.

    `photo` (n,) says which photo each row looks at; without it row k looks at photo k.
    """
    photo = np.arange(len(alpha)) if photo is None else photo
    context = np.empty((len(alpha), attention.features.shape[2]), alpha.dtype)
    drawn = choice >= 0
    context[drawn] = attention.features[photo[drawn], choice[drawn]]
    for k in np.flatnonzero(~drawn):
        np.matmul(alpha[k], attention.features[photo[k]], out=context[k])
    context *= attention.scale
    return context


class DrawnCache(NamedTuple):
    """What backward remembers of the drawn locations, beside the soft twin's cache."""

    log_alpha: np.ndarray              # (R, L)
    reinforce: ReinforceCache | None   # per caption, longest first; None in evaluation
    copies: int                        # of each caption


class FastHardTeacherForcing(FastTeacherForcing):
    """Same inputs, loss, gradients and parameters as `TeacherForcing` with the same arguments; NumPy only."""

    def __init__(self, captioner, penalty=None, reinforce=None, samples=1, smoothing=0.0, input_gradient=False):
        super().__init__(captioner, penalty, smoothing, input_gradient)
        self.reinforce, self.samples = reinforce, samples

    def reference(self):
        """The same objective made of layer calls."""
        return TeacherForcing(self.captioner, self.penalty, self.reinforce, self.samples, self.smoothing)

    def forward(self, features, ids, lengths, rng=None, mask=None, choice=None, advantage=None):
        """features (N, L, D), ids (N, T+1), lengths (N,) → (loss, cache), as the reference."""
        copies = self.samples if self.training else 1
        features, ids, lengths = (copied(np.asarray(x), copies) for x in (features, ids, lengths))
        packing, hard = pack(lengths), self.captioner.attend.softmax
        shape = ids.shape[0], ids.shape[1] - 1
        if choice is None:
            choice = self.reinforce.choice(*shape, rng) if self.training else np.full(
                shape, hard.DECODING[hard.decoding])
            rng = np.random.default_rng(hard.seed) if rng is None else rng
        chance = None if rng is None else np.stack([uniform(rng, shape[:1], features) for _ in range(shape[1])], axis=1)
        words = packing.captions, packing.times
        attend = partial(DrawnAttention, temperature=hard.temperature, choice=choice[words],
                         uniform=None if chance is None else chance[words])
        dropout_mask = self.dropout_mask(packing, rng, mask, features)
        spoken = self.say(features, ids, packing, dropout_mask, attend)
        log_alpha = np.log(np.maximum(spoken.alpha, np.finfo(spoken.alpha.dtype).tiny))
        term, reinforce_cache = 0.0, None
        if self.training:
            greedy = None
            if self.reinforce.baseline == "self-critical" and advantage is None:
                attend = partial(DrawnAttention, temperature=hard.temperature, uniform=None,
                                 choice=np.full(len(packing.times), ARGMAX))
                greedy = packing.caption_sums(self.say(features, ids, packing, dropout_mask, attend).costs)
            drawn = spoken.attention.choice
            log_p = np.where(drawn < 0, 0.0, log_alpha[np.arange(len(drawn)), drawn]).astype(log_alpha.dtype)
            sums = [packing.caption_sums(x) for x in (spoken.costs, log_p, -(spoken.alpha * log_alpha).sum(axis=1))]
            words = lengths[packing.order].astype(log_alpha.dtype)
            advantage = None if advantage is None else advantage[packing.order]
            term, reinforce_cache = self.reinforce.of_sums(*sums, words, greedy, advantage)
        terms = spoken.terms | {"reinforce": term}
        return sum(terms.values()), spoken._replace(terms=terms, drawn=DrawnCache(log_alpha, reinforce_cache, copies))

    def backward(self, dloss, cache):
        """dloss (a number) → (dfeatures or None, None, None)."""
        (log_alpha, reinforce_cache, copies), alpha = cache.drawn, cache.alpha
        dlog_p, dentropy = self.reinforce.of_sums_backward(dloss, reinforce_cache)
        drawn = np.flatnonzero(cache.attention.choice >= 0)
        reward = dlog_p[cache.packing.places[drawn]]
        entropy = -(alpha * log_alpha).sum(axis=1, keepdims=True)
        dscores = alpha * (log_alpha + entropy) * -dentropy             # ∂H/∂e_i = −alpha_i (log alpha_i + H)
        dscores[drawn] -= reward[:, None] * alpha[drawn]                # ∂ log alpha_s / ∂e = onehot(s) − alpha
        dscores[drawn, cache.attention.choice[drawn]] += reward
        attention = copy.copy(cache.attention)                          # the cache stays as it is
        attention.dscores = dscores
        dfeatures, *_ = super().backward(dloss, cache._replace(attention=attention))
        return summed(dfeatures, copies), None, None
