"""One word of Show, Attend and Tell: look at the photo, gate what was seen, and remember."""

from typing import Any, NamedTuple

from minisat.nn import Concatenate, Linear, Module, Multiply, Sigmoid, Softmax, WeightedSum


class AttentionStepCache(NamedTuple):
    """The caches of the layers inside, and beta (N, 1) for the pictures."""

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
    """

    def __init__(self, score, cell, H, *, rng):
        self.score = score
        self.softmax = Softmax()
        self.weighted_sum = WeightedSum()
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
        scores, score_cache = self.score.forward(keys, h)
        weights, look, look_cache = self.look(scores, **noise)
        context, sum_cache = self.weighted_sum.forward(weights, features)
        gate, f_beta_cache = self.f_beta.forward(h)
        beta, sigmoid_cache = self.sigmoid.forward(gate)
        z, gate_cache = self.gate.forward(beta, context)
        x, concatenate_cache = self.concatenate.forward(word, z)
        state, cell_cache = self.cell.forward(x, state)
        return (state, z, look), AttentionStepCache(score_cache, look_cache, sum_cache, f_beta_cache, sigmoid_cache,
                                                    gate_cache, concatenate_cache, cell_cache, beta)

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
        dkeys, dh_score = self.score.backward(dscores, cache.score)
        dstate = (dstate[0] + dh + dh_score, *dstate[1:])                # h was used three times
        return dword, dfeatures, dkeys, dstate

    def look(self, scores):
        """scores (N, L) → the weights (N, L) of the locations, what attention has to tell, the cache."""
        alpha, cache = self.softmax.forward(scores)
        return alpha, (alpha,), cache

    def look_backward(self, dweights, dlook, cache):
        """dweights (N, L), dlook (dalpha (N, L),) → dscores (N, L)."""
        (dalpha,) = dlook
        return self.softmax.backward(dweights + dalpha, cache)           # the weights are alpha, used twice
