"""Subword skip-gram: a word is the mean of its own vector and its character n-grams' (Bojanowski et al. 2017)."""

from typing import NamedTuple

import numpy as np

from minisat.nn import Module
from minisat.nn.module import Buffer
from minisat.text.subwords import bucket, character_ngrams
from minisat.word2vec.bag import Bag


def ngram_table(words, buckets, shortest, longest):
    """ids (V, B) int32, mask (V, B) bool: row v lists v and V + bucket of each of its n-grams, then zeros."""
    V = len(words)
    rows = [[v, *(V + bucket(ngram, buckets) for ngram in character_ngrams(word, shortest, longest))]
            for v, word in enumerate(words)]
    width = max(map(len, rows))
    mask = np.arange(width) < np.array([len(row) for row in rows])[:, None]
    ids = np.zeros(mask.shape, np.int32)
    ids[mask] = np.concatenate(rows)
    return ids, mask


class SubwordSkipGramCache(NamedTuple):
    """What backward remembers."""

    bag: tuple
    output: tuple


class SubwordSkipGram(Module):
    """Skip-gram whose h is a mean: of the word's vector and its n-grams' (Bojanowski et al. 2017, section 3.2).

    The paper writes a sum; fastText, and this, takes the mean. `ids` and `mask` (V, B) come from `ngram_table`; the
    bag's table has V + buckets rows. `exact`: see Bag.
    """

    def __init__(self, ids, mask, buckets, M, output, exact=True, *, rng=None):
        self.ids, self.mask = Buffer(ids), Buffer(mask)
        self.bag = Bag(len(ids) + buckets, M, exact, rng=rng)
        self.output = output

    def forward(self, centres, contexts, **noise):
        """centres (N,), contexts (N,) ids: one pair a row → loss ()."""
        h, bag = self.bag.forward(self.ids.data[centres], self.mask.data[centres])
        loss, output = self.output.forward(h, contexts, **noise)
        return loss, SubwordSkipGramCache(bag, output)

    def backward(self, dloss, cache):
        """dloss, a number → (None, None): ids have no gradient."""
        bag, output = cache
        dh, _ = self.output.backward(dloss, output)
        self.bag.backward(dh, bag)
        return None, None

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient, how many terms each row's gradient sums up (R,))]."""
        return [*self.bag.touched(cache.bag), *self.output.touched(cache.output)]

    def word_vectors(self):
        """(V, M): every word's h."""
        return np.concatenate([self.bag(self.ids.data[v:v + 1024], self.mask.data[v:v + 1024])
                               for v in range(0, len(self.ids.data), 1024)])
