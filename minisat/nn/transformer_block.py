"""A block of a transformer's decoder: words look at words, then at the photo, then each thinks by itself."""

from typing import Any, NamedTuple

from minisat.backend import get_array_module
from minisat.nn.activations import ReLU
from minisat.nn.containers import Sequential
from minisat.nn.dropout import Dropout
from minisat.nn.layer_norm import LayerNorm
from minisat.nn.linear import Linear
from minisat.nn.module import Module
from minisat.nn.multi_head_attention import MultiHeadAttention


class TransformerBlockCache(NamedTuple):
    """The caches of the layers inside; `dropouts` holds three."""

    norm_words: Any
    words: Any
    norm_look: Any
    look: Any
    norm_think: Any
    think: Any
    dropouts: list


class TransformerBlock(Module):
    """Three steps, and round each a path that leaves x as it is (the residual connection, He et al. 2016):

    x = x + words(norm(x), norm(x)),  x = x + look(norm(x), places),  x = x + think(norm(x))

    (Vaswani et al. 2017, section 3.1). `words` is causal self-attention, `look` attention to the photo's places, and
    `think`, for each word alone, W_2 relu(W_1 x + b_1) + b_2 with H hidden units (eq. 2); dropout on what is added
    (section 5.4). LayerNorm stands before each step and not, as there, after the sum: then nothing is in the gradient's
    way back along x (Xiong et al. 2020).
    """

    def __init__(self, M, D, A, H, heads, *, dropout=0.1, rng=None):
        self.norm_words, self.norm_look, self.norm_think = LayerNorm(M), LayerNorm(M), LayerNorm(M)
        self.words = MultiHeadAttention(M, M, A, heads, causal=True, rng=rng)
        self.look = MultiHeadAttention(M, D, A, heads, rng=rng)
        self.think = Sequential(Linear(M, H, rng=rng), ReLU(), Linear(H, M, rng=rng))
        self.dropout = Dropout(dropout)

    def forward(self, x, places, rng=None, masks=(None, None, None)):
        """x (N, T, M), places (N, L, D) → (x (N, T, M), weights (N, heads, T, L) of the look).

        `masks`, three of (N, T, M), freeze the dropout; otherwise `rng` draws it.
        """
        normed, norm_words_cache = self.norm_words.forward(x)
        (added, _), words_cache = self.words.forward(normed, normed)
        added, first = self.dropout.forward(added, rng=rng, mask=masks[0])
        x = x + added
        normed, norm_look_cache = self.norm_look.forward(x)
        (added, weights), look_cache = self.look.forward(normed, places)
        added, second = self.dropout.forward(added, rng=rng, mask=masks[1])
        x = x + added
        normed, norm_think_cache = self.norm_think.forward(x)
        added, think_cache = self.think.forward(normed)
        added, third = self.dropout.forward(added, rng=rng, mask=masks[2])
        return (x + added, weights), TransformerBlockCache(norm_words_cache, words_cache, norm_look_cache, look_cache,
                                                           norm_think_cache, think_cache, [first, second, third])

    def backward(self, upstream, cache):
        """(dx (N, T, M), dweights (N, heads, T, L) or None for zero) → (dx, dplaces): forward, last line first."""
        dx, dweights = upstream
        first, second, third = cache.dropouts
        dnormed = self.think.backward(self.dropout.backward(dx, third), cache.think)
        dx = dx + self.norm_think.backward(dnormed, cache.norm_think)    # y = x + f(x)  ⇒  dx = dy + what f sends back
        dnormed, dplaces = self.look.backward((self.dropout.backward(dx, second), dweights), cache.look)
        dx = dx + self.norm_look.backward(dnormed, cache.norm_look)
        dasking, dasked = self.words.backward((self.dropout.backward(dx, first), None), cache.words)
        return dx + self.norm_words.backward(dasking + dasked, cache.norm_words), dplaces  # each word asks, is asked

    # -- decoding, one word at a time

    def step(self, x, said, places):
        """x (N, 1, M), the newest word; `said` and `places`: keys and values of the words before and of the places.

        → (x (N, 1, M), said with the new word's, weights (N, heads, 1, L)), as forward's last column, without dropout.
        """
        xp = get_array_module(x)
        normed = self.norm_words(x)
        said = tuple(xp.concatenate(pair, axis=2) for pair in zip(said, self.words.remembered(normed)))
        x = x + self.words.ask(normed, *said)[0]
        added, weights = self.look.ask(self.norm_look(x), *places)
        x = x + added
        return x + self.think(self.norm_think(x)), said, weights
