"""The GRU captioner of the well-known Flickr8k notebooks: a small dense layer over the grid, attention, a GRU."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.captioner.show_attend_tell import DecoderState
from minisat.nn import (
    AdditiveScore,
    Concatenate,
    Dropout,
    Embedding,
    GRUCell,
    LeakyReLU,
    Linear,
    Module,
    Scale,
    Softmax,
    WeightedSum,
    init,
    log_softmax,
)


class GRUStepCache(NamedTuple):
    """The caches of the layers inside one word's step."""

    score: Any
    softmax: Any
    weighted_sum: Any
    concatenate: Any
    cell: Any


class GRUNotebookCache(NamedTuple):
    """The caches of the layers inside; `steps` holds one per time step."""

    scale: Any
    dense: Any
    leaky: Any
    keys: Any
    embedding: Any
    steps: list
    fc1: Any
    dropout: Any
    fc2: Any


class GRUNotebook(Module):
    """features (N, L, D), ids (N, T) → (logits (N, T, V), alphas (N, T, L)).

    a_i = leaky(W features_i + b), of the words' size M;  alpha = softmax(v · tanh(a_i W_a + h W_h + b))
    h = GRU([Σ alpha_i a_i, E y], h),  h_0 = 0;  logits = fc2(fc1(h)), with dropout between the two dense layers.

    After TensorFlow's tutorial "Image captioning with visual attention" (2018) and the Flickr8k notebooks made from it,
    whose GRU has its reset gate behind the product. Unlike theirs the GRU here does carry its state from word to word.
    """

    def __init__(self, V, D, *, embedding_size=256, hidden_size=512, attention_size=512, dropout=0.5,
                 feature_scale=1.0, rng=None):
        M, H, A = embedding_size, hidden_size, attention_size
        self.scale = Scale(feature_scale)
        self.dense = Linear(D, M, rng=rng)
        self.leaky = LeakyReLU(0.01)
        self.keys = Linear(M, A, bias=False, rng=rng)
        self.embedding = Embedding(V, M, rng=rng)
        self.score = AdditiveScore(A, H, rng=rng)
        self.softmax = Softmax()
        self.weighted_sum = WeightedSum()
        self.concatenate = Concatenate()
        self.cell = GRUCell(M + M, H, reset_after=True, rng=rng)
        self.fc1 = Linear(H, H, rng=rng)
        self.dropout = Dropout(dropout)
        self.fc2 = Linear(H, V, rng=rng, weight_init=init.uniform(0.1))

    def forward(self, features, ids, rng=None, mask=None):
        """Teacher forcing: `ids[:, t]` is the word before the one that `logits[:, t]` predicts.

        `mask` (N, T, H) freezes the dropout; otherwise `rng` draws it.
        """
        xp = get_array_module(features)
        features, scale_cache = self.scale.forward(features)
        grid, dense_cache = self.dense.forward(features)
        grid, leaky_cache = self.leaky.forward(grid)
        keys, keys_cache = self.keys.forward(grid)
        words, embedding_cache = self.embedding.forward(ids)
        state = self.cell.zero_state(grid.shape[0], grid)
        hs, alphas, steps = [], [], []
        for t in range(ids.shape[1]):
            state, alpha, step_cache = self._step(words[:, t], grid, keys, state)
            hs.append(state[0])
            alphas.append(alpha)
            steps.append(step_cache)
        hidden, fc1_cache = self.fc1.forward(xp.stack(hs, axis=1))
        dropped, dropout_cache = self.dropout.forward(hidden, rng=rng, mask=mask)
        logits, fc2_cache = self.fc2.forward(dropped)
        return (logits, xp.stack(alphas, axis=1)), GRUNotebookCache(
            scale_cache, dense_cache, leaky_cache, keys_cache, embedding_cache, steps, fc1_cache, dropout_cache,
            fc2_cache)

    def backward(self, upstream, cache):
        """(dlogits (N, T, V), dalphas (N, T, L) or None for zero) → (dfeatures, None)."""
        dlogits, dalphas = upstream
        xp = get_array_module(dlogits)
        dhidden = self.dropout.backward(self.fc2.backward(dlogits, cache.fc2), cache.dropout)
        dhs = self.fc1.backward(dhidden, cache.fc1)
        dwords, dgrid, dkeys, dh = [None] * len(cache.steps), 0, 0, 0
        for t in reversed(range(len(cache.steps))):
            dalpha = 0.0 if dalphas is None else dalphas[:, t]
            dwords[t], dgrid_t, dkeys_t, dh = self._step_backward(dh + dhs[:, t], dalpha, cache.steps[t])
            dgrid = dgrid + dgrid_t
            dkeys = dkeys + dkeys_t
        self.embedding.backward(xp.stack(dwords, axis=1), cache.embedding)
        dgrid = dgrid + self.keys.backward(dkeys, cache.keys)
        dfeatures = self.dense.backward(self.leaky.backward(dgrid, cache.leaky), cache.dense)
        return self.scale.backward(dfeatures, cache.scale), None

    def _step(self, word, grid, keys, state):
        """word (N, M), grid (N, L, M), keys (N, L, A), state (h,) → state, alpha (N, L), cache."""
        scores, score_cache = self.score.forward(keys, state[0])
        alpha, softmax_cache = self.softmax.forward(scores)
        context, sum_cache = self.weighted_sum.forward(alpha, grid)
        x, concatenate_cache = self.concatenate.forward(context, word)
        state, cell_cache = self.cell.forward(x, state)
        return state, alpha, GRUStepCache(score_cache, softmax_cache, sum_cache, concatenate_cache, cell_cache)

    def _step_backward(self, dh, dalpha, cache):
        """dh (N, H), dalpha (N, L) → dword, dgrid, dkeys, dh of the state before."""
        dx, (dh,) = self.cell.backward((dh,), cache.cell)
        dcontext, dword = self.concatenate.backward(dx, cache.concatenate)
        dalpha_sum, dgrid = self.weighted_sum.backward(dcontext, cache.weighted_sum)
        dscores = self.softmax.backward(dalpha + dalpha_sum, cache.softmax)
        dkeys, dh_score = self.score.backward(dscores, cache.score)
        return dword, dgrid, dkeys, dh + dh_score

    # -- decoding

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        xp = get_array_module(features)
        grid = self.leaky(self.dense(self.scale(features)))
        N = grid.shape[0]
        return DecoderState(grid, self.keys(grid), xp.arange(N), self.cell.zero_state(N, grid))

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, alpha (N, L), None): there is no gate."""
        grid, keys = state.features[state.photo], state.keys[state.photo]
        recurrent, alpha, _ = self._step(self.embedding(ids), grid, keys, state.recurrent)
        return log_softmax(self.fc2(self.fc1(recurrent[0]))), state._replace(recurrent=recurrent), alpha, None

    def select(self, state, index):
        """The state of captions `index` (K,), in that order; an entry may come twice."""
        return state._replace(photo=state.photo[index], recurrent=tuple(x[index] for x in state.recurrent))
