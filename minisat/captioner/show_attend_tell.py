"""Show, Attend and Tell (Xu et al. 2015) with soft or hard attention, written once, from the layers of `nn`.

This is the reference: every differentiable operation is a layer call. `fast/` holds its fast twins.
"""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.hard_attention_step import HardAttentionStep
from minisat.captioner.parts import build_cell, build_score, key_size
from minisat.captioner.sentinel_step import SentinelStep
from minisat.nn import (
    Add,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    MeanOverLocations,
    Module,
    Scale,
    Tanh,
    Transposed,
    init,
    log_softmax,
)


class ShowAttendTellCache(NamedTuple):
    """The caches of the layers inside; `steps` holds one per time step."""

    scale: Any
    normalise: Any
    start: Any
    keys: Any
    embedding: Any
    steps: list
    L_h: Any
    L_z: Any
    add: Any
    dropout: Any
    L_o: Any


class DecoderState(NamedTuple):
    """What decoding remembers: photos once each, and the recurrent state of every caption being written."""

    features: Any   # (photos, L, D), scaled, and normalised where the recipe says so
    keys: Any       # (photos, L, A)
    photo: Any      # (N,) which photo a caption looks at
    recurrent: tuple  # (h (N, H), c (N, H)), or (h,)
    said: int = 0   # words so far


class ShowAttendTell(Module):
    """features (N, L, D), ids (N, T) → (logits (N, T, V), alphas (N, T, L)).

    h_0 = tanh(W mean(a) + b), c_0 likewise; per word an `AttentionStep` over the keys a W_a; and the deep
    output L_o(E y_{t-1} + L_h h_t + L_z z_t) (eq. 7), with dropout on the sum. Features are divided by
    `feature_scale`, their root mean square over the training photos. `score` and `cell` are names of `parts`.

    `word_in_query` lets the look know the word before it, `sentinel` adds a place that needs no eyes (soft attention
    only), `normalised_places` brings every a to mean 0 and variance 1 before anything reads it, so that the nearly
    empty vectors of a photo's border are no place to rest at. Together they are the recipe `adaptive-attention`.
    `attention_function="sparsemax"` (soft attention only) looks at few locations and gives the others exactly nothing.
    With `tied_embedding` a word's logit asks for the same vector that stands for the word when it is read: L_o.W = Eᵀ
    (Press and Wolf 2017).

    With `attention="hard"` one location is drawn per word, and the outputs are (logits, alphas, log_p (N, T),
    entropies (N, T)): what REINFORCE needs. `temperature` and `decoding` are those of HardAttention.
    """

    def __init__(self, V, D, *, embedding_size=512, hidden_size=512, attention_size=512, dropout=0.5,
                 feature_scale=1.0, score="additive", cell="lstm", attention="soft", temperature=1.0,
                 decoding="expectation", word_in_query=False, sentinel=False, normalised_places=False,
                 attention_function="softmax", tied_embedding=False, rng=None):
        M, H = embedding_size, hidden_size
        asked = H + M if word_in_query else H  # how wide the query is
        A = key_size(score, attention_size, asked)
        self.scale = Scale(feature_scale)
        self.normalise = LayerNorm(D, affine=False) if normalised_places else None  # the weights behind it do the rest
        self.mean = MeanOverLocations()
        self.init_h = Linear(D, H, rng=rng)
        self.init_c = Linear(D, H, rng=rng) if cell == "lstm" else None
        self.tanh = Tanh()
        self.keys = Linear(D, A, bias=False, rng=rng)
        self.embedding = Embedding(V, M, rng=rng)
        parts = build_score(score, A, asked, rng=rng), build_cell(cell, M + D, H, rng=rng)
        if attention == "hard":
            self.attend = HardAttentionStep(*parts, H, temperature=temperature, decoding=decoding,
                                            word_in_query=word_in_query, rng=rng)
        elif sentinel:
            self.attend = SentinelStep(*parts, M, D, A, H, word_in_query=word_in_query, function=attention_function,
                                       rng=rng)
        else:
            self.attend = AttentionStep(*parts, H, word_in_query=word_in_query, function=attention_function, rng=rng)
        self.L_h = Linear(H, M, rng=rng)
        self.L_z = Linear(D, M, bias=False, rng=rng)
        self.add = Add()
        self.dropout = Dropout(dropout)
        self.L_o = Linear(M, V, rng=rng, weight_init=init.uniform(0.1))
        if tied_embedding:
            self.L_o.W = Transposed(self.embedding.W)

    # -- training: all words are known, so what needs no recurrence is done once for all of them

    @property
    def hard(self):
        """Whether attention is hard."""
        return isinstance(self.attend, HardAttentionStep)

    def forward(self, features, ids, rng=None, mask=None, choice=None):
        """Teacher forcing: `ids[:, t]` is the word before the one that `logits[:, t]` predicts.

        `mask` (N, T, M) freezes the dropout; otherwise `rng` draws it. With hard attention `choice` (N, T) on the
        host says where each word looks, and `rng` draws what it leaves open (see HardAttention).
        """
        xp = get_array_module(features)
        features, scale_cache = self.scale.forward(features)
        features, normalise_cache = self._normalised(features)
        state, start_cache = self._first_state(features)
        keys, keys_cache = self.keys.forward(features)
        words, embedding_cache = self.embedding.forward(ids)
        hs, zs, looks, steps = [], [], [], []
        for t in range(ids.shape[1]):
            noise = {"rng": rng, "choice": None if choice is None else choice[:, t]} if self.hard else {}
            (state, z, look), step_cache = self.attend.forward(words[:, t], features, keys, state, **noise)
            hs.append(state[0])
            zs.append(z)
            looks.append(look)
            steps.append(step_cache)
        from_h, L_h_cache = self.L_h.forward(xp.stack(hs, axis=1))
        from_z, L_z_cache = self.L_z.forward(xp.stack(zs, axis=1))
        total, add_cache = self.add.forward(words, from_h, from_z)
        dropped, dropout_cache = self.dropout.forward(total, rng=rng, mask=mask)
        logits, L_o_cache = self.L_o.forward(dropped)
        cache = ShowAttendTellCache(scale_cache, normalise_cache, start_cache, keys_cache, embedding_cache, steps,
                                    L_h_cache, L_z_cache, add_cache, dropout_cache, L_o_cache)
        return (logits, *(xp.stack(parts, axis=1) for parts in zip(*looks))), cache

    def backward(self, upstream, cache):
        """Gradients of the outputs → (dfeatures, None): ids have no gradient. None stands for a gradient of zero."""
        dlogits, *dlooks = upstream
        xp = get_array_module(dlogits)
        dtotal = self.dropout.backward(self.L_o.backward(dlogits, cache.L_o), cache.dropout)
        dwords, dfrom_h, dfrom_z = self.add.backward(dtotal, cache.add)
        dhs = self.L_h.backward(dfrom_h, cache.L_h)
        dzs = self.L_z.backward(dfrom_z, cache.L_z)

        # Backpropagation through time: the loop above, last step first.
        dwords = dwords.copy()
        dfeatures, dkeys = 0, 0
        dstate = (xp.zeros_like(dhs[:, 0]),) * self.attend.cell.state_size
        for t in reversed(range(len(cache.steps))):
            dlook = tuple(0.0 if d is None else d[:, t] for d in dlooks)
            upstream = (dstate[0] + dhs[:, t], *dstate[1:]), dzs[:, t], dlook
            dword, dfeatures_t, dkeys_t, dstate = self.attend.backward(upstream, cache.steps[t])
            dwords[:, t] += dword
            dfeatures = dfeatures + dfeatures_t
            dkeys = dkeys + dkeys_t
        self.embedding.backward(dwords, cache.embedding)
        dfeatures = dfeatures + self.keys.backward(dkeys, cache.keys)
        dfeatures = dfeatures + self._first_state_backward(dstate, cache.start)
        if self.normalise is not None:
            dfeatures = self.normalise.backward(dfeatures, cache.normalise)
        return self.scale.backward(dfeatures, cache.scale), None

    def _normalised(self, features):
        """features (N, L, D), scaled → as everything reads them, and the cache."""
        return (features, None) if self.normalise is None else self.normalise.forward(features)

    def _first_layers(self):
        """The layers that make h_0 and, where the cell has one, c_0."""
        return [self.init_h] if self.init_c is None else [self.init_h, self.init_c]

    def _first_state(self, features):
        mean, mean_cache = self.mean.forward(features)
        state, caches = [], []
        for layer in self._first_layers():
            total, cache = layer.forward(mean)
            first, tanh_cache = self.tanh.forward(total)
            state.append(first)
            caches.append((cache, tanh_cache))
        return tuple(state), (mean_cache, *caches)

    def _first_state_backward(self, dstate, cache):
        mean_cache, *caches = cache
        dmean = 0
        for layer, dfirst, (layer_cache, tanh_cache) in zip(self._first_layers(), dstate, caches):
            dmean = dmean + layer.backward(self.tanh.backward(dfirst, tanh_cache), layer_cache)
        return self.mean.backward(dmean, mean_cache)

    # -- decoding: one word at a time, the protocol that every captioner speaks

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        xp = get_array_module(features)
        features, _ = self._normalised(self.scale(features))
        recurrent, _ = self._first_state(features)
        return DecoderState(features, self.keys(features), xp.arange(features.shape[0]), recurrent)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, alpha (N, L), beta (N,))."""
        word = self.embedding(ids)
        features, keys = state.features[state.photo], state.keys[state.photo]
        noise = {"rng": self.attend.decoding_rng(state.said)} if self.hard else {}
        (recurrent, z, (alpha, *_)), cache = self.attend.forward(word, features, keys, state.recurrent, **noise)
        logits = self.L_o(self.add(word, self.L_h(recurrent[0]), self.L_z(z)))
        state = state._replace(recurrent=recurrent, said=state.said + 1)
        return log_softmax(logits), state, alpha, cache.beta[:, 0]

    def select(self, state, index):
        """The state of captions `index` (K,), in that order; an entry may come twice."""
        return state._replace(photo=state.photo[index], recurrent=tuple(x[index] for x in state.recurrent))
