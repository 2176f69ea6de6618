"""Learning by prediction, step by step: the readable trainer of every predictive method."""

import time
from typing import NamedTuple

import numpy as np

from minisat.word2vec.alias import AliasTable
from minisat.word2vec.cbow import CBOW
from minisat.word2vec.examples import batches
from minisat.word2vec.full_softmax import FullSoftmax
from minisat.word2vec.hierarchical_softmax import HierarchicalSoftmax
from minisat.word2vec.huffman import HuffmanTree
from minisat.word2vec.negative_sampling import NegativeSampling
from minisat.word2vec.skip_gram import SkipGram
from minisat.word2vec.subword import SubwordSkipGram, ngram_table

REACH = 2.0
"""A row whose gradient sums up K terms takes a step of the learning rate, or of REACH/K if that is less."""


class Progress(NamedTuple):
    """How far a training is."""

    epoch: int               # from 1
    done: int                # words of the corpus so far, over all epochs
    total: int               # words there will be
    seconds: float           # since the training began
    learning_rate: float

    @property
    def words_per_second(self):
        """The speed so far."""
        return self.done / max(self.seconds, 1e-9)


def build(corpus, settings):
    """The model that `settings` ask for: a SkipGram, CBOW or SubwordSkipGram with its output layer."""
    V, M = len(corpus.words), settings.dim
    if settings.output == "full-softmax":
        output = FullSoftmax(V, M)
    elif settings.output == "negative-sampling":
        output = NegativeSampling(V, M)
    else:
        output = HierarchicalSoftmax(HuffmanTree(corpus.counts), M)
    if settings.method == "skip-gram":
        return SkipGram(V, M, output, rng=settings.seed)
    if settings.method == "cbow":
        return CBOW(V, M, output, settings.exact_mean, rng=settings.seed)
    table = ngram_table(corpus.words, settings.buckets, settings.shortest, settings.longest)
    return SubwordSkipGram(*table, settings.buckets, M, output, settings.exact_mean, rng=settings.seed)


class Step:
    """One step of stochastic gradient descent on a batch; only rows with a gradient are looked at."""

    def __init__(self, model, corpus, settings):
        self.model, self.settings = model, settings
        self.noise = AliasTable(corpus.counts ** settings.noise_power)

    def __call__(self, batch, learning_rate, rng):
        """Change the model by -learning_rate times the gradient of the batch's loss; returns that loss, a sum.

        word2vec.c steps after every word; here a row takes all its steps of a batch at once, from the same place. For a
        very frequent word these may be hundreds and together overshoot, so they are shortened: see REACH.
        """
        if self.settings.method == "cbow":
            centres, contexts, mask = batch.bags()
            inputs, targets = (batch.ids[contexts], mask), batch.ids[centres]
        else:
            inputs, targets = (batch.ids[batch.centres],), batch.ids[batch.contexts]
        if not len(targets):
            return 0.0
        noise = {}
        if self.settings.output == "negative-sampling":
            noise["noise"] = self.noise.draw(rng, (len(targets), self.settings.negatives))
        loss, cache = self.model.forward(*inputs, targets, **noise)
        self.model.backward(1.0, cache)
        for parameter, rows, terms in self.model.touched(cache):
            step = np.minimum(learning_rate, REACH / np.maximum(terms, REACH)).astype(np.float32)
            parameter.data[rows] -= step[:, None] * parameter.grad[rows]
            parameter.grad[rows] = 0
        return float(loss)


def learn(corpus, settings, step, progress=None):
    """Take `step(batch, learning_rate, rng)` over all batches of all epochs, the learning rate falling in a line.

    `progress(Progress)` is called after every batch.
    """
    rng, began, total = np.random.default_rng(settings.seed), time.perf_counter(), corpus.size * settings.epochs
    for epoch in range(settings.epochs):
        for share, batch in batches(corpus, settings, rng):
            fall = (epoch + share) / settings.epochs
            learning_rate = settings.learning_rate + (settings.last_learning_rate - settings.learning_rate) * fall
            step(batch, learning_rate, rng)
            if progress is not None:
                progress(Progress(epoch + 1, round(fall * total), total, time.perf_counter() - began, learning_rate))
    if progress is not None:
        progress(Progress(settings.epochs, total, total, time.perf_counter() - began, settings.last_learning_rate))
