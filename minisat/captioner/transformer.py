"""A transformer captioner (Vaswani et al. 2017): no recurrence; all words of a caption learn at once."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.nn import (
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    Module,
    Positions,
    Scale,
    TransformerBlock,
    init,
    log_softmax,
)


class TransformerCache(NamedTuple):
    """The caches of the layers inside; `blocks` holds one per block."""

    scale: Any
    places: Any
    norm_places: Any
    embedding: Any
    positions: Any
    dropout: Any
    blocks: list
    norm: Any
    L_o: Any


class TransformerState(NamedTuple):
    """What decoding remembers: keys and values, so that a new word costs one query a block and no more."""

    places: list  # of each block: keys and values of the places, (photos, heads, L, A / heads), once a photo
    photo: Any    # (N,) which photo a caption looks at
    said: list    # of each block: keys and values of the words so far, (N, heads, t, A / heads)
    words: int    # t


class Transformer(Module):
    """features (N, L, D), ids (N, T) → (logits (N, T, V), alphas (N, T, L)).

    places = norm(features W + b),  x = √M E y + p,  x = block_k(x, places),  logits = norm(x) L_o

    with blocks as in `nn/transformer_block.py`: `heads` heads with A columns for all of them together, H hidden units.
    A word sees itself and those before it, so the logits at t are those of a captioner that has read no further, and
    padding, which comes last, is seen by nobody. alphas are the mean over the heads of the last block's look.
    """

    def __init__(self, V, D, *, embedding_size=512, hidden_size=512, attention_size=512, blocks=2, heads=4, dropout=0.5,
                 feature_scale=1.0, rng=None):
        M = embedding_size
        self.heads = heads
        self.scale = Scale(feature_scale)
        self.places = Linear(D, M, rng=rng)
        self.norm_places = LayerNorm(M)
        self.embedding = Embedding(V, M, rng=rng)
        self.positions = Positions()
        self.dropout = Dropout(dropout)
        self.blocks = [TransformerBlock(M, M, attention_size, hidden_size, heads, dropout=dropout, rng=rng)
                       for _ in range(blocks)]
        self.norm = LayerNorm(M)
        self.L_o = Linear(M, V, rng=rng, weight_init=init.uniform(0.1))

    def forward(self, features, ids, rng=None, mask=None):
        """Teacher forcing: `ids[:, t]` is the word before the one that `logits[:, t]` predicts.

        `mask` (1 + 3 · blocks, N, T, M) freezes the dropout, in the order of its use; otherwise `rng` draws it.
        """
        masks = [None] * (1 + 3 * len(self.blocks)) if mask is None else mask
        features, scale_cache = self.scale.forward(features)
        places, places_cache = self.places.forward(features)
        places, norm_places_cache = self.norm_places.forward(places)
        words, embedding_cache = self.embedding.forward(ids)
        words, positions_cache = self.positions.forward(words)
        x, dropout_cache = self.dropout.forward(words, rng=rng, mask=masks[0])
        caches = []
        for k, block in enumerate(self.blocks):
            (x, weights), cache = block.forward(x, places, rng=rng, masks=masks[1 + 3 * k:4 + 3 * k])
            caches.append(cache)
        x, norm_cache = self.norm.forward(x)
        logits, L_o_cache = self.L_o.forward(x)
        return (logits, weights.mean(axis=1)), TransformerCache(
            scale_cache, places_cache, norm_places_cache, embedding_cache, positions_cache, dropout_cache, caches,
            norm_cache, L_o_cache)

    def backward(self, upstream, cache):
        """(dlogits (N, T, V), dalphas (N, T, L) or None for zero) → (dfeatures, None)."""
        dlogits, dalphas = upstream
        dweights = None
        if dalphas is not None:                                              # a mean: every head has the same share
            dweights = get_array_module(dalphas).repeat(dalphas[:, None] / self.heads, self.heads, axis=1)
        dx = self.norm.backward(self.L_o.backward(dlogits, cache.L_o), cache.norm)
        dplaces = 0
        for block, block_cache in zip(reversed(self.blocks), reversed(cache.blocks)):
            dx, dplaces_k = block.backward((dx, dweights), block_cache)
            dplaces = dplaces + dplaces_k                                    # every block looked at them
            dweights = None                                                  # alphas are the last block's alone
        dwords = self.positions.backward(self.dropout.backward(dx, cache.dropout), cache.positions)
        self.embedding.backward(dwords, cache.embedding)
        dfeatures = self.places.backward(self.norm_places.backward(dplaces, cache.norm_places), cache.places)
        return self.scale.backward(dfeatures, cache.scale), None

    # -- decoding

    def start(self, features):
        """features (photos, L, D) → the state before the first word, one caption per photo."""
        xp = get_array_module(features)
        places = self.norm_places(self.places(self.scale(features)))
        return TransformerState([block.look.remembered(places) for block in self.blocks], xp.arange(len(features)),
                                [block.words.remembered(places[:, :0]) for block in self.blocks], 0)

    def step(self, state, ids):
        """The words `ids` (N,) were said → (log_probs (N, V), state, alpha (N, L), None): there is no gate."""
        x = self.positions(self.embedding(ids)[:, None], first=state.words)
        found = []
        for block, said, places in zip(self.blocks, state.said, state.places):
            x, said, weights = block.step(x, said, [each[state.photo] for each in places])
            found.append(said)
        log_probs = log_softmax(self.L_o(self.norm(x))[:, 0])
        return log_probs, state._replace(said=found, words=state.words + 1), weights[:, :, 0].mean(axis=1), None

    def select(self, state, index):
        """The state of captions `index` (K,), in that order; an entry may come twice."""
        said = [tuple(each[index] for each in pair) for pair in state.said]
        return state._replace(photo=state.photo[index], said=said)
