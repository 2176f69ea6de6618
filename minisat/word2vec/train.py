"""One door to all methods: a corpus and settings in, word vectors out."""

import time

import numpy as np

from minisat.errors import UserError
from minisat.text.subwords import Subwords
from minisat.text.word_vectors import WordVectors
from minisat.word2vec.cooccurrence import count_pairs
from minisat.word2vec.corpus import EncodedCorpus
from minisat.word2vec.fast import FastStep
from minisat.word2vec.glove import GloVe, fit
from minisat.word2vec.learning import Progress, Step, build, learn
from minisat.word2vec.ppmi import ppmi_vectors
from minisat.word2vec.settings import PREDICTIVE, Settings

_MOST_COLUMNS = 20_000  # one-hot and counts have a column for each word


def train(corpus, settings=None, progress=None):
    """The WordVectors that `settings` (a Settings; skip-gram with negative sampling if None) make of `corpus`.

    `corpus` is a list of sentences (lists of words), or the path of a text file with one sentence per line, which is
    read once, line by line. `progress(Progress)` is called often, with what is done and the words a second.
    The words come most frequent first. UserError when the file cannot be read or no word is frequent enough.
    """
    settings = settings or Settings()
    encoded = EncodedCorpus(corpus, settings.min_count, settings.tokenizer)
    if settings.method in PREDICTIVE:
        return _predicted(encoded, settings, progress)
    V = len(encoded.words)
    if settings.method in ("one-hot", "counts") and V > _MOST_COLUMNS:
        raise UserError(f"The method {settings.method} makes vectors as long as the vocabulary, and {V:,} words are "
                        f"too many: choose a larger min_count to have at most {_MOST_COLUMNS:,}.")
    if settings.method == "one-hot":
        return WordVectors(encoded.words, np.eye(V, dtype=np.float32))
    counts = count_pairs(encoded, settings.window, settings.dynamic_window)
    if settings.method == "counts":
        return WordVectors(encoded.words, counts.dense())
    if settings.method == "ppmi-svd":
        return WordVectors(encoded.words, ppmi_vectors(counts, settings.dim, settings.shift, settings.seed))
    model = GloVe(V, settings.dim, rng=settings.seed)
    fit(model, counts, settings, _entries(len(counts.values), encoded.size, settings, progress))
    return WordVectors(encoded.words, _chosen(model.W.data, model.W_tilde.data, settings))


def _predicted(encoded, settings, progress):
    """The WordVectors of a predictive method."""
    if len(encoded.words) < 2:
        raise UserError("Only one word of the corpus is frequent enough: there is nothing to predict.")
    model = build(encoded, settings)
    twin = settings.fast and settings.output == "negative-sampling"
    learn(encoded, settings, (FastStep if twin else Step)(model, encoded, settings), progress)
    output = model.output.W.data
    if settings.method == "skip-gram":
        return WordVectors(encoded.words, _chosen(model.embedding.W.data, output, settings))
    if settings.method == "cbow":
        return WordVectors(encoded.words, _chosen(model.bag.W.data, output, settings))
    subwords = Subwords(model.bag.W.data[len(encoded.words):], settings.shortest, settings.longest)
    return WordVectors(encoded.words, _chosen(model.word_vectors(), output, settings), subwords)


def _chosen(inputs, outputs, settings):
    """The embedding (V, M): the input matrix, the output matrix, or the mean of both."""
    if settings.vectors == "input":
        return inputs
    return outputs if settings.vectors == "output" else (inputs + outputs) / 2


def _entries(entries, size, settings, progress):
    """A callback that takes entries of the table of counts and tells `progress` the words they stand for."""
    if progress is None:
        return None
    began, total = time.perf_counter(), size * settings.epochs

    def tell(done):
        words = total * done // (entries * settings.epochs)
        epoch = min(settings.epochs, done // entries + 1)
        progress(Progress(epoch, words, total, time.perf_counter() - began, settings.learning_rate))
    return tell
