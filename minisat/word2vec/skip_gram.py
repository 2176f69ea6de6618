"""Skip-gram: predict each word of the context from the word in the middle (Mikolov et al. 2013a, section 3.2)."""

from typing import NamedTuple

from minisat.backend import get_array_module
from minisat.nn import Embedding, Module
from minisat.word2vec.start import small_uniform


class SkipGramCache(NamedTuple):
    """What backward remembers."""

    embedding: tuple
    output: tuple


class SkipGram(Module):
    """loss = Σ over pairs of -log p(context | centre); h = W_centre, and `output` says what p is.

    `output` is a FullSoftmax, NegativeSampling or HierarchicalSoftmax of size M.
    """

    def __init__(self, V, M, output, *, rng=None):
        self.embedding = Embedding(V, M, rng=rng, weight_init=small_uniform)
        self.output = output

    def forward(self, centres, contexts, **noise):
        """centres (N,), contexts (N,) ids: one pair a row → loss ()."""
        h, embedding = self.embedding.forward(centres)
        loss, output = self.output.forward(h, contexts, **noise)
        return loss, SkipGramCache(embedding, output)

    def backward(self, dloss, cache):
        """dloss, a number → (None, None): ids have no gradient."""
        embedding, output = cache
        dh, _ = self.output.backward(dloss, output)
        self.embedding.backward(dh, embedding)   # dW_centre += dh, once for each of its pairs  (Rong 2014, section 2)
        return None, None

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient, how many terms each row's gradient sums up (R,))]."""
        ids = cache.embedding.ids
        rows, terms = get_array_module(ids).unique(ids, return_counts=True)
        return [(self.embedding.W, rows, terms), *self.output.touched(cache.output)]
