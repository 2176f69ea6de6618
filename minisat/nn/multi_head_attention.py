"""Multi-head attention: several looks side by side, each with queries, keys and values of its own."""

from typing import Any, NamedTuple

from minisat.nn.linear import Linear
from minisat.nn.module import Module
from minisat.nn.scaled_dot_product import ScaledDotProduct


def split_heads(x, heads):
    """x (N, T, heads · d) → (N, heads, T, d): each head's own columns, as one more axis to compute in parallel."""
    return x.reshape(*x.shape[:2], heads, x.shape[2] // heads).swapaxes(1, 2)


def merge_heads(x):
    """x (N, heads, T, d) → (N, T, heads · d): the heads side by side again. It is the backward pass of the split."""
    N, heads, T, d = x.shape
    return x.swapaxes(1, 2).reshape(N, T, heads * d)


class MultiHeadAttentionCache(NamedTuple):
    """The caches of the layers inside."""

    W_q: Any
    W_k: Any
    W_v: Any
    attention: Any
    W_o: Any


class MultiHeadAttention(Module):
    """y = [head_1, …, head_h] W_o,  head_i = attention(x W_q,i, memory W_k,i, memory W_v,i)

    (Vaswani et al. 2017, section 3.2.2). W_q (M, A), W_k and W_v (D, A) hold the heads side by side, A / heads columns
    each; W_o (A, M). Given x as its memory too, words look at words; given a photo's places, words look at these.
    `causal` is ScaledDotProduct's.
    """

    def __init__(self, M, D, A, heads, *, causal=False, rng=None):
        if A % heads:
            raise ValueError(f"{heads} heads cannot share {A} columns evenly.")
        self.heads = heads
        self.W_q = Linear(M, A, bias=False, rng=rng)
        self.W_k = Linear(D, A, bias=False, rng=rng)
        self.W_v = Linear(D, A, bias=False, rng=rng)
        self.attention = ScaledDotProduct(causal)
        self.W_o = Linear(A, M, bias=False, rng=rng)

    def forward(self, x, memory):
        """x (N, T, M) asks, memory (N, S, D) answers → (y (N, T, M), weights (N, heads, T, S))."""
        queries, W_q_cache = self.W_q.forward(x)
        keys, W_k_cache = self.W_k.forward(memory)
        values, W_v_cache = self.W_v.forward(memory)
        asked = (split_heads(z, self.heads) for z in (queries, keys, values))
        (looks, weights), attention_cache = self.attention.forward(*asked)
        y, W_o_cache = self.W_o.forward(merge_heads(looks))
        return (y, weights), MultiHeadAttentionCache(W_q_cache, W_k_cache, W_v_cache, attention_cache, W_o_cache)

    def backward(self, upstream, cache):
        """(dy (N, T, M), dweights (N, heads, T, S) or None for zero) → (dx, dmemory)."""
        dy, dweights = upstream
        dlooks = split_heads(self.W_o.backward(dy, cache.W_o), self.heads)
        dasked = self.attention.backward((dlooks, dweights), cache.attention)
        dqueries, dkeys, dvalues = (merge_heads(dz) for dz in dasked)
        dmemory = self.W_k.backward(dkeys, cache.W_k) + self.W_v.backward(dvalues, cache.W_v)  # it was used twice
        return self.W_q.backward(dqueries, cache.W_q), dmemory

    # -- decoding: what was remembered once need not be computed again for the next word

    def remembered(self, memory):
        """memory (N, S, D) → its keys and values, each (N, heads, S, A / heads)."""
        return split_heads(self.W_k(memory), self.heads), split_heads(self.W_v(memory), self.heads)

    def ask(self, x, keys, values):
        """x (N, T, M), `remembered` keys and values → (y (N, T, M), weights (N, heads, T, S)), as forward's."""
        looks, weights = self.attention(split_heads(self.W_q(x), self.heads), keys, values)
        return self.W_o(merge_heads(looks)), weights
