"""One word of Show, Attend and Tell with hard attention: as the soft step, but one location is drawn and seen."""

import numpy as np

from minisat.captioner.attention_step import AttentionStep
from minisat.nn import HardAttention


class HardAttentionStep(AttentionStep):
    """(word, features, keys, state) → (state, z, look), where look = (alpha (N, L), log_p (N,), entropy (N,)).

    z = beta a_s,  s ~ Multinoulli(alpha)                     (Xu et al. 2015, eqs. 8 and 9)
    log_p = log alpha_s is what REINFORCE weighs; entropy = H(alpha). Noise: `rng`, `choice` (see HardAttention).
    """

    def __init__(self, score, cell, H, *, temperature=1.0, decoding="expectation", word_in_query=False, rng):
        super().__init__(score, cell, H, word_in_query=word_in_query, rng=rng)
        self.softmax = HardAttention(temperature, decoding)

    def look(self, scores, rng=None, choice=None):
        """scores (N, L) → the weights (N, L), onehot(s) or alpha; the look; the cache."""
        (weights, *look), cache = self.softmax.forward(scores, rng=rng, choice=choice)
        return weights, tuple(look), cache

    def look_backward(self, dweights, dlook, cache):
        """dweights (N, L), dlook (dalpha (N, L), dlog_p (N,), dentropy (N,)) → dscores (N, L)."""
        return self.softmax.backward((dweights, *dlook), cache)

    def decoding_rng(self, said):
        """A Generator for the word after `said` words, or None where decoding draws nothing."""
        return np.random.default_rng([self.softmax.seed, said]) if self.softmax.decoding == "sampling" else None
