"""Every objective of this package on a tiny vocabulary, as plain data for the gradient checker (see nn/cases.py)."""

import numpy as np

from minisat.nn.cases import normal
from minisat.word2vec.bag import Bag
from minisat.word2vec.cbow import CBOW
from minisat.word2vec.full_softmax import FullSoftmax
from minisat.word2vec.glove import GloVe
from minisat.word2vec.hierarchical_softmax import HierarchicalSoftmax
from minisat.word2vec.huffman import HuffmanTree
from minisat.word2vec.negative_sampling import NegativeSampling
from minisat.word2vec.skip_gram import SkipGram
from minisat.word2vec.subword import SubwordSkipGram, ngram_table

V, M = 6, 3
CENTRES, TARGETS = np.array([1, 4, 1, 1]), np.array([2, 0, 5, 2])      # with repeats, also of a pair
NOISE = np.array([[3, 3], [0, 1], [2, 4], [5, 2]])                      # with repeats, and noise that is the target
BAGS = np.array([[0, 3, 3], [5, 0, 0], [1, 2, 4], [2, 2, 0]])
IN_BAG = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 1], [1, 1, 0]], bool)
WORDS = ["a", "cat", "sat", "bat", "cats", "he"]

OUTPUTS = {
    "full_softmax": lambda: (FullSoftmax(V, M), {}),
    "negative_sampling": lambda: (NegativeSampling(V, M), {"noise": NOISE}),
    "hierarchical_softmax": lambda: (HierarchicalSoftmax(HuffmanTree([40, 20, 9, 5, 3, 1]), M), {}),
}


def _drawn(module, rng):
    for parameter in module.parameters():
        parameter.data[...] = normal(rng, *parameter.shape)
    return module


def _output(name, noise_weight=1.0):
    def case(rng):
        layer, noise = OUTPUTS[name]()
        layer.noise_weight = noise_weight
        return _drawn(layer, rng), (normal(rng, 4, M), TARGETS), noise
    return case


def _skip_gram(name):
    def case(rng):
        output, noise = OUTPUTS[name]()
        return _drawn(SkipGram(V, M, output), rng), (CENTRES, TARGETS), noise
    return case


def _cbow(name):
    def case(rng):
        output, noise = OUTPUTS[name]()
        return _drawn(CBOW(V, M, output), rng), (BAGS, IN_BAG, TARGETS), noise
    return case


def _subword(name):
    def case(rng):
        output, noise = OUTPUTS[name]()
        model = SubwordSkipGram(*ngram_table(WORDS, 7, 2, 3), 7, M, output)
        return _drawn(model, rng), (CENTRES, TARGETS), noise
    return case


CASES = {
    "word2vec.bag": lambda rng: (_drawn(Bag(V, M), rng), (BAGS, IN_BAG), {}),
    **{f"word2vec.{name}": _output(name) for name in OUTPUTS},
    "word2vec.negative_sampling.shared": _output("negative_sampling", noise_weight=0.25),
    **{f"word2vec.skip_gram.{name}": _skip_gram(name) for name in OUTPUTS},
    **{f"word2vec.cbow.{name}": _cbow(name) for name in OUTPUTS},
    **{f"word2vec.subword.{name}": _subword(name) for name in OUTPUTS},
    "word2vec.glove": lambda rng: (_drawn(GloVe(V, M), rng), (CENTRES, TARGETS),
                                   {"counts": np.array([150.0, 3.0, 0.5, 20.0], np.float32)}),
}
