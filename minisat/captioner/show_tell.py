"""Show and Tell (Vinyals et al. 2015): the photo is the first word, a recurrent cell says the rest."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.captioner.parts import build_cell
from minisat.nn import (
    Add,
    Dropout,
    Embedding,
    Linear,
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
    adds: list     # one per word where the image joins it, else empty
    dropout: Any
    W_o: Any


class ShowTellState(NamedTuple):
    """What decoding remembers of every caption being written."""

    recurrent: tuple  # (h (N, H), c (N, H)), or (h,)
    image: Any        # (N, M)


class ShowTell(Module):
    """features (N, L, D), ids (N, T) → (logits (N, T, V), None): there is no attention.

    x_{-1} = W_image mean(a),  x_t = E y_t,  h_{t+1} = LSTM(x_t)   (Vinyals et al. 2015, eqs. 10 to 12)
    and log p = log softmax(W_o h), with dropout on h. With `image_every_step` the image joins every word,
    x_t = E y_t + x_{-1}: the paper's section 3.1 reports that this overfits more easily.
    """

    def __init__(self, V, D, *, embedding_size=512, hidden_size=512, dropout=0.5, feature_scale=1.0,
                 cell="lstm", image_every_step=False, rng=None):
        M, H = embedding_size, hidden_size
        self.image_every_step = image_every_step
        self.scale = Scale(feature_scale)
        self.mean = MeanOverLocations()
        self.image = Linear(D, M, rng=rng)
        self.embedding = Embedding(V, M, rng=rng)
        self.add = Add()
        self.cell = build_cell(cell, M, H, rng=rng)
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
        state, image_step = self.cell.forward(image, self.cell.zero_state(image.shape[0], image))
        hs, steps, adds = [], [image_step], []
        for t in range(ids.shape[1]):
            x = words[:, t]
            if self.image_every_step:
                x, add_cache = self.add.forward(x, image)
                adds.append(add_cache)
            state, step_cache = self.cell.forward(x, state)
            hs.append(state[0])
            steps.append(step_cache)
        dropped, dropout_cache = self.dropout.forward(xp.stack(hs, axis=1), rng=rng, mask=mask)
        logits, W_o_cache = self.W_o.forward(dropped)
        return (logits, None), ShowTellCache(scale_cache, mean_cache, image_cache, embedding_cache, steps,
                                             adds, dropout_cache, W_o_cache)

    def backward(self, upstream, cache):
        """(dlogits (N, T, V), None) → (dfeatures, None)."""
        dlogits, _ = upstream
        xp = get_array_module(dlogits)
        dhs = self.dropout.backward(self.W_o.backward(dlogits, cache.W_o), cache.dropout)
        image_step, *word_steps = cache.steps
        dwords, dimage = [None] * len(word_steps), 0
        dstate = (xp.zeros_like(dhs[:, 0]),) * self.cell.state_size
        for t in reversed(range(len(word_steps))):
            dwords[t], dstate = self.cell.backward((dstate[0] + dhs[:, t], *dstate[1:]), word_steps[t])
            if self.image_every_step:
                dwords[t], dimage_t = self.add.backward(dwords[t], cache.adds[t])
                dimage = dimage + dimage_t         # the image was used at every word
        self.embedding.backward(xp.stack(dwords, axis=1), cache.embedding)
        dfirst, _ = self.cell.backward(dstate, image_step)
        dimage = dimage + dfirst
        dmean = self.image.backward(dimage, cache.image)
        return self.scale.backward(self.mean.backward(dmean, cache.mean), cache.scale), None

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        image = self.image(self.mean(self.scale(features)))
        return ShowTellState(self.cell(image, self.cell.zero_state(image.shape[0], image)), image)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, None, None)."""
        word = self.embedding(ids)
        x = self.add(word, state.image) if self.image_every_step else word
        recurrent = self.cell(x, state.recurrent)
        return log_softmax(self.W_o(recurrent[0])), state._replace(recurrent=recurrent), None, None

    def select(self, state, index):
        """The state of captions `index` (K,), in that order; an entry may come twice."""
        return ShowTellState(tuple(x[index] for x in state.recurrent), state.image[index])
