"""CBOW: predict the word in the middle from the mean of the words around it (Mikolov et al. 2013a, section 3.1)."""

from typing import NamedTuple

from minisat.nn import Module
from minisat.word2vec.bag import Bag


class CBOWCache(NamedTuple):
    """What backward remembers."""

    bag: tuple
    output: tuple


class CBOW(Module):
    """loss = Σ over words of -log p(centre | h), h the mean of the input vectors around; `output` says what p is.

    `output` is a FullSoftmax, NegativeSampling or HierarchicalSoftmax of size M; `exact`: see Bag.
    """

    def __init__(self, V, M, output, exact=True, *, rng=None):
        self.bag = Bag(V, M, exact, rng=rng)
        self.output = output

    def forward(self, contexts, mask, centres, **noise):
        """contexts (N, B) ids, mask (N, B) true where a word is there, centres (N,) ids → loss ()."""
        h, bag = self.bag.forward(contexts, mask)
        loss, output = self.output.forward(h, centres, **noise)
        return loss, CBOWCache(bag, output)

    def backward(self, dloss, cache):
        """dloss, a number → (None, None, None): ids have no gradient."""
        bag, output = cache
        dh, _ = self.output.backward(dloss, output)
        self.bag.backward(dh, bag)
        return None, None, None

    def touched(self, cache):
        """[(parameter, rows (R,) with a gradient, how many terms each row's gradient sums up (R,))]."""
        return [*self.bag.touched(cache.bag), *self.output.touched(cache.output)]
