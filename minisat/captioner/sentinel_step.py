"""One word of Show, Attend and Tell with a sentinel: as the soft step, but one place more, which needs no eyes."""

from typing import Any, NamedTuple

from minisat.captioner.attention_step import AttentionStep
from minisat.nn import Concatenate, Linear, Multiply, Sentinel


class SentinelStepCache(NamedTuple):
    """The caches of the layers inside, and beta (N, 1) for the pictures."""

    asked: Any
    score: Any
    sentinel: Any
    sentinel_key: Any
    sentinel_score: Any
    join: Any
    look: Any
    weighted_sum: Any
    sentinel_value: Any
    portion: Any
    concatenate: Any
    cell: Any
    beta: Any


class SentinelStep(AttentionStep):
    """(word, features, keys, state) → (state, z, look), with the sentinel in the place of the gate.

    s = sentinel(word, h, memory)                             (Lu et al. 2017, eqs. 9 and 10)
    [alpha, share] = softmax([e_1 … e_L, e_s])                (eq. 12), e_s = score(s W_key)
    z = Σ_i alpha_i a_i + share · (s W_value + b)             (eq. 11)
    state = cell([word, z], state)

    alpha (N, L) and the sentinel's share sum to 1; beta = 1 − share is how much of the look goes to the photo.
    """

    def __init__(self, score, cell, M, D, A, H, *, word_in_query=False, function="softmax", rng):
        super().__init__(score, cell, H, word_in_query=word_in_query, function=function, gated=False, rng=rng)
        self.sentinel = Sentinel(M, H, rng=rng)
        self.sentinel_key = Linear(H, A, bias=False, rng=rng)
        self.sentinel_value = Linear(H, D, rng=rng)
        self.join = Concatenate()
        self.portion = Multiply()

    def forward(self, word, features, keys, state):
        """word (N, M), features (N, L, D), keys (N, L, A), state (h (N, H), …) → (state, z (N, D), look).

        `look` is the tuple (alpha (N, L),), what the photo's places got.
        """
        h, memory = state[0], state[-1]
        asked, asked_cache = self.asked(word, h)
        scores, score_cache = self.score.forward(keys, asked)
        s, sentinel_cache = self.sentinel.forward(word, h, memory)
        key, key_cache = self.sentinel_key.forward(s)
        sentinel_score, sentinel_score_cache = self.score.forward(key[:, None], asked)
        scores, join_cache = self.join.forward(scores, sentinel_score)
        weights, _, look_cache = self.look(scores)
        alpha, share = weights[:, :-1], weights[:, -1:]
        context, sum_cache = self.weighted_sum.forward(alpha, features)
        value, value_cache = self.sentinel_value.forward(s)
        remembered, portion_cache = self.portion.forward(share, value)
        z = context + remembered
        x, concatenate_cache = self.concatenate.forward(word, z)
        state, cell_cache = self.cell.forward(x, state)
        return (state, z, (alpha,)), SentinelStepCache(
            asked_cache, score_cache, sentinel_cache, key_cache, sentinel_score_cache, join_cache, look_cache,
            sum_cache, value_cache, portion_cache, concatenate_cache, cell_cache, 1.0 - share)

    def backward(self, upstream, cache):
        """(dstate, dz, dlook) → (dword, dfeatures, dkeys, dstate): forward read from its last line up."""
        dstate, dz, (dalpha_outside,) = upstream
        dx, dstate = self.cell.backward(dstate, cache.cell)
        dword, dz_cell = self.concatenate.backward(dx, cache.concatenate)
        dz = dz + dz_cell                                                # z was used twice ⇒ gradients add
        dshare, dvalue = self.portion.backward(dz, cache.portion)
        ds = self.sentinel_value.backward(dvalue, cache.sentinel_value)
        dalpha, dfeatures = self.weighted_sum.backward(dz, cache.weighted_sum)
        dweights, _ = self.join.forward(dalpha + dalpha_outside, dshare)
        dscores, dsentinel_score = self.join.backward(self.look_backward(dweights, (0.0,), cache.look), cache.join)
        dkey, dasked_sentinel = self.score.backward(dsentinel_score, cache.sentinel_score)
        ds = ds + self.sentinel_key.backward(dkey[:, 0], cache.sentinel_key)
        dword_sentinel, dh_sentinel, dmemory = self.sentinel.backward(ds, cache.sentinel)
        dkeys, dasked = self.score.backward(dscores, cache.score)
        dword_asked, dh_asked = self.asked_backward(dasked + dasked_sentinel, cache.asked)
        dstate = (dstate[0] + dh_asked + dh_sentinel, *dstate[1:])
        dstate = (*dstate[:-1], dstate[-1] + dmemory)                    # the memory is the last of the state
        return dword + dword_asked + dword_sentinel, dfeatures, dkeys, dstate
