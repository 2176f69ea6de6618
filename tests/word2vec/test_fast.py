"""The fast twin takes the reference's steps: same pool of noise, same model afterwards, in float64."""

import copy

import numpy as np
import pytest

from minisat.text.word_vectors import WordVectors
from minisat.word2vec import Settings, train
from minisat.word2vec.corpus import EncodedCorpus
from minisat.word2vec.examples import Batch, batches
from minisat.word2vec.fast import FastStep
from minisat.word2vec.learning import REACH, build


@pytest.fixture(scope="module")
def corpus():
    """Short sentences over few words, so that every batch repeats words, pairs and noise; some words stand alone."""
    rng = np.random.default_rng(1)
    words = ["word", "worde", "ward", "wo", "dr", "rdw", "ordwo", "w"]
    return EncodedCorpus([list(rng.choice(words, rng.integers(1, 7))) for _ in range(60)], 1)


def _double(model, rng):
    for parameter in model.astype("float64").parameters():
        parameter.data[...] = rng.standard_normal(parameter.shape)
    return model


def _reference_step(model, batch, pool, settings, rate):
    """One step of -rate times the gradient that the readable modules give; all of the pool is noise for everyone."""
    model.output.noise_weight = settings.negatives / settings.pool_size
    if settings.method == "cbow":
        centres, contexts, mask = batch.bags()
        inputs, targets = (batch.ids[contexts], mask), batch.ids[centres]
    else:
        inputs, targets = (batch.ids[batch.centres],), batch.ids[batch.contexts]
    noise = np.broadcast_to(pool, (len(targets), len(pool)))
    _, cache = model.forward(*inputs, targets, noise=noise)
    model.backward(1.0, cache)
    for parameter in model.parameters():
        parameter.data -= rate * parameter.grad
        parameter.grad[...] = 0


@pytest.mark.parametrize("method", ["skip-gram", "cbow"])
def test_steps_of_frequent_words_are_shortened_as_the_references(corpus, method, rng):
    """With a rate of 1.4 some words of a batch would go further than REACH, others not: input vectors are equal."""
    settings = Settings(method=method, dim=7, window=1, batch=20, pool=9, negatives=3, subsample=0.0, min_count=1)
    fast = _double(build(corpus, settings), rng)
    model, step, rate = copy.deepcopy(fast), FastStep(fast, corpus, settings), 1.4
    _, batch = next(batches(corpus, settings, rng))
    pool = rng.integers(0, len(corpus.words), settings.pool_size)
    step.step(batch, *next(step.pools(pool[None])), rate)
    model.output.noise_weight = settings.negatives / settings.pool_size
    inputs, targets = (batch.ids[batch.centres],), batch.ids[batch.contexts]
    if method == "cbow":
        centres, contexts, mask = batch.bags()
        inputs, targets = (batch.ids[contexts], mask), batch.ids[centres]
    _, cache = model.forward(*inputs, targets, noise=np.broadcast_to(pool, (len(targets), len(pool))))
    model.backward(1.0, cache)
    parameter, rows, terms = model.touched(cache)[0]
    assert terms.min() * rate < REACH < terms.max() * rate
    parameter.data[rows] -= np.minimum(rate, REACH / terms)[:, None] * parameter.grad[rows]
    np.testing.assert_allclose(next(iter(fast.parameters())).data, parameter.data, rtol=0, atol=1e-10)


@pytest.mark.parametrize("method, exact", [("skip-gram", False), ("cbow", False), ("cbow", True), ("subword", False),
                                           ("subword", True)])
def test_twin_equals_reference(corpus, method, exact, rng):
    """Three steps on neighbouring batches leave the same parameters, to 1e-10."""
    settings = Settings(method=method, exact_mean=exact, dim=7, window=2, batch=20, pool=9, negatives=3, subsample=0.0,
                        buckets=11, min_count=1)
    fast = _double(build(corpus, settings), rng)
    reference, start = copy.deepcopy(fast), copy.deepcopy(fast)
    step, rate = FastStep(fast, corpus, settings), 0.005
    for k, (_, batch) in zip(range(3), batches(corpus, settings, rng)):
        pool = np.random.default_rng(k).integers(0, len(corpus.words), settings.pool_size)
        step.step(batch, *next(step.pools(pool[None])), rate)
        _reference_step(reference, batch, pool, settings, rate)
    for a, b, c in zip(fast.parameters(), reference.parameters(), start.parameters()):
        np.testing.assert_allclose(a.data, b.data, rtol=0, atol=1e-10)
        assert np.abs(a.data - c.data).max() > 1e-3


def test_a_lost_repetition_would_be_seen(corpus, rng):
    """The comparison has teeth: a batch whose repeated pair is dropped ends elsewhere."""
    settings = Settings(dim=7, window=2, batch=20, pool=9, subsample=0.0, min_count=1)
    model = _double(build(corpus, settings), rng)
    other = copy.deepcopy(model)
    ids, pool = np.array([0, 1, 0, 1], np.int32), np.array([[2, 3, 3]])
    twice = Batch(ids, 0, 4, np.array([0, 2]), np.array([1, 3]))
    once = Batch(ids, 0, 4, np.array([0]), np.array([1]))
    for candidate, batch in ((model, twice), (other, once)):
        step = FastStep(candidate, corpus, settings)
        step.step(batch, *next(step.pools(pool)), 0.05)
    assert np.abs(model.output.W.data - other.output.W.data).max() > 1e-3


def test_pools_weigh_repeated_noise(corpus):
    """A word drawn twice is listed once with twice the weight; the weights of a pool sum to the negatives."""
    settings = Settings(pool=4, negatives=5, min_count=1)
    step = FastStep(build(corpus, settings), corpus, settings)
    (a, wa), (b, wb) = step.pools(np.array([[3, 1, 3, 0], [2, 2, 2, 2]]))
    assert a.tolist() == [0, 1, 3] and wa.tolist() == [1.25, 1.25, 2.5]
    assert b.tolist() == [2] and wb.tolist() == [5.0]


@pytest.mark.parametrize("method", ["skip-gram", "cbow", "subword"])
def test_both_ways_learn_the_same_thing(method):
    """Trained from the same seed, twin and reference agree on who is whose neighbour in two separate subjects."""
    rng = np.random.default_rng(0)
    subjects = [[f"{letter}{k}" for k in range(8)] for letter in "ab"]
    sentences = [list(rng.choice(subjects[k % 2], 8)) for k in range(200)]
    for fast in (True, False):
        vectors = train(sentences, Settings(method=method, fast=fast, dim=12, min_count=1, subsample=0.0, epochs=15,
                                            batch=64, buckets=100))
        assert isinstance(vectors, WordVectors)
        hits = [w[0] == word[0] for word in vectors.words for w, _ in vectors.neighbours(word, 5)]
        assert np.mean(hits) > 0.95
