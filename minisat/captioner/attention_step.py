"""One word of Show, Attend and Tell: look at the photo, gate what was seen, and remember."""

from typing import Any, NamedTuple

from minisat.captioner.parts import build_function
from minisat.nn import Concatenate, Linear, Module, Multiply, Sigmoid, WeightedSum


class AttentionStepCache(NamedTuple):
    """The caches of the layers inside, and beta (N, 1) for the pictures."""

    asked: Any
    score: Any
    look: Any
    weighted_sum: Any
    f_beta: Any
    sigmoid: Any
    gate: Any
    concatenate: Any
    cell: Any
    beta: Any


class AttentionStep(Module):
    """(word, features, keys, state) → (state, z, look), for any score and any recurrent cell.

    e_i = score(a_i, h),  alpha = softmax(e)                  (Xu et al. 2015, eqs. 4 and 5)
    z = beta Σ_i alpha_i a_i,  beta = σ(f_beta(h))            (eq. 13 and section 4.2.1)
    state = cell([word, z], state)                            (eqs. 1 to 3)

    h has read the words up to y_{t-2} only. With `word_in_query` the score is asked with [h, word], so that the look
    for the word after "a brown" knows of "brown"; it must be built for a state of width H + M. `function` names
    what may stand in the softmax's place.
    """

    def __init__(self, score, cell, H, *, word_in_query=False, function="softmax", gated=True, rng):
        self.score = score
        self.query = Concatenate() if word_in_query else None
        self.softmax = build_function(function)
        self.weighted_sum = WeightedSum()
        if gated:
            self.f_beta = Linear(H, 1, rng=rng)
            self.sigmoid = Sigmoid()
            self.gate = Multiply()
        self.concatenate = Concatenate()
        self.cell = cell

    def forward(self, word, features, keys, state, **noise):
        """word (N, M), features (N, L, D), keys (N, L, A), state (h (N, H), …) → (state, z (N, D), look).

        `keys` are the features as the score wants them, projected once per photo. `look` is the tuple
        (alpha (N, L),), the first of what attention has to tell; soft attention takes no noise.
        """
        h = state[0]
        asked, asked_cache = self.asked(word, h)
        scores, score_cache = self.score.forward(keys, asked)
        weights, look, look_cache = self.look(scores, **noise)
        context, sum_cache = self.weighted_sum.forward(weights, features)
        gate, f_beta_cache = self.f_beta.forward(h)
        beta, sigmoid_cache = self.sigmoid.forward(gate)
        z, gate_cache = self.gate.forward(beta, context)
        x, concatenate_cache = self.concatenate.forward(word, z)
        state, cell_cache = self.cell.forward(x, state)
        return (state, z, look), AttentionStepCache(asked_cache, score_cache, look_cache, sum_cache, f_beta_cache,
                                                    sigmoid_cache, gate_cache, concatenate_cache, cell_cache, beta)

    def backward(self, upstream, cache):
        """(dstate, dz, dlook) → (dword, dfeatures, dkeys, dstate): forward read from its last line up."""
        dstate, dz, dlook = upstream
        dx, dstate = self.cell.backward(dstate, cache.cell)
        dword, dz_cell = self.concatenate.backward(dx, cache.concatenate)
        dbeta, dcontext = self.gate.backward(dz + dz_cell, cache.gate)   # z was used twice ⇒ gradients add
        dgate = self.sigmoid.backward(dbeta, cache.sigmoid)
        dh = self.f_beta.backward(dgate, cache.f_beta)
        dweights, dfeatures = self.weighted_sum.backward(dcontext, cache.weighted_sum)
        dscores = self.look_backward(dweights, dlook, cache.look)
        dkeys, dasked = self.score.backward(dscores, cache.score)
        dword_asked, dh_asked = self.asked_backward(dasked, cache.asked)
        dstate = (dstate[0] + dh + dh_asked, *dstate[1:])                # h was used three times
        return dword + dword_asked, dfeatures, dkeys, dstate

    def asked(self, word, h):
        """What the score is asked with, h or [h, word], and the cache."""
        return (h, None) if self.query is None else self.query.forward(h, word)

    def asked_backward(self, dasked, cache):
        """The gradient of what was asked → (dword, dh)."""
        if self.query is None:
            return 0.0, dasked
        dh, dword = self.query.backward(dasked, cache)
        return dword, dh

    def look(self, scores):
        """scores (N, L) → the weights (N, L) of the locations, what attention has to tell, the cache."""
        alpha, cache = self.softmax.forward(scores)
        return alpha, (alpha,), cache

    def look_backward(self, dweights, dlook, cache):
        """dweights (N, L), dlook (dalpha (N, L),) → dscores (N, L)."""
        (dalpha,) = dlook
        return self.softmax.backward(dweights + dalpha, cache)           # the weights are alpha, used twice
