"""Show and Tell (Vinyals et al. 2015): the photo is the first word, an LSTM says the rest."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.nn import (
    Dropout,
    Embedding,
    Linear,
    LSTMCell,
    MeanOverLocations,
    Module,
    Scale,
    init,
    log_softmax,
)


class ShowTellCache(NamedTuple):
    """The caches of the layers inside; `steps` holds the photo's and then one per word."""

    scale: Any
    mean: Any
    image: Any
    embedding: Any
    steps: list
    dropout: Any
    W_o: Any


class ShowTell(Module):
    """features (N, L, D), ids (N, T) → (logits (N, T, V), None): there is no attention.

    x_{-1} = W_image mean(a),  x_t = E y_t,  h_{t+1} = LSTM(x_t)   (Vinyals et al. 2015, eqs. 10 to 12)
    and log p = log softmax(W_o h), with dropout on h.
    """

    def __init__(self, V, D, *, embedding_size=512, hidden_size=512, dropout=0.5, feature_scale=1.0, rng=None):
        M, H = embedding_size, hidden_size
        self.scale = Scale(feature_scale)
        self.mean = MeanOverLocations()
        self.image = Linear(D, M, rng=rng)
        self.embedding = Embedding(V, M, rng=rng)
        self.cell = LSTMCell(M, H, rng=rng)
        self.dropout = Dropout(dropout)
        self.W_o = Linear(H, V, rng=rng, weight_init=init.uniform(0.1))

    def forward(self, features, ids, rng=None, mask=None):
        """Teacher forcing: `ids[:, t]` is the word before the one that `logits[:, t]` predicts.

        `mask` (N, T, H) freezes the dropout; otherwise `rng` draws it.
        """
        xp = get_array_module(features)
        features, scale_cache = self.scale.forward(features)
        mean, mean_cache = self.mean.forward(features)
        image, image_cache = self.image.forward(mean)
        words, embedding_cache = self.embedding.forward(ids)
        state, image_step = self.cell.forward(image, self._zero_state(image))
        hs, steps = [], [image_step]
        for t in range(ids.shape[1]):
            state, step_cache = self.cell.forward(words[:, t], state)
            hs.append(state[0])
            steps.append(step_cache)
        dropped, dropout_cache = self.dropout.forward(xp.stack(hs, axis=1), rng=rng, mask=mask)
        logits, W_o_cache = self.W_o.forward(dropped)
        return (logits, None), ShowTellCache(scale_cache, mean_cache, image_cache, embedding_cache, steps,
                                             dropout_cache, W_o_cache)

    def backward(self, upstream, cache):
        """(dlogits (N, T, V), None) → (dfeatures, None)."""
        dlogits, _ = upstream
        xp = get_array_module(dlogits)
        dhs = self.dropout.backward(self.W_o.backward(dlogits, cache.W_o), cache.dropout)
        image_step, *word_steps = cache.steps
        dwords = [None] * len(word_steps)
        dh, dc = xp.zeros_like(dhs[:, 0]), xp.zeros_like(dhs[:, 0])
        for t in reversed(range(len(word_steps))):
            dwords[t], (dh, dc) = self.cell.backward((dh + dhs[:, t], dc), word_steps[t])
        self.embedding.backward(xp.stack(dwords, axis=1), cache.embedding)
        dimage, _ = self.cell.backward((dh, dc), image_step)
        dmean = self.image.backward(dimage, cache.image)
        return self.scale.backward(self.mean.backward(dmean, cache.mean), cache.scale), None

    def _zero_state(self, x):
        zeros = get_array_module(x).zeros((x.shape[0], self.W_o.W.shape[0]), x.dtype)
        return zeros, zeros

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption a photo."""
        image = self.image(self.mean(self.scale(features)))
        return self.cell(image, self._zero_state(image))

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, None, None)."""
        state = self.cell(self.embedding(ids), state)
        return log_softmax(self.W_o(state[0])), state, None, None

    def select(self, state, index):
        """The state of captions `index` (K,), in that order; an entry may come twice."""
        return tuple(x[index] for x in state)
