"""Captioners around captioners: ensembles and blocked repeats, against exhaustive search and by hand."""

import itertools

import numpy as np
import pytest
from strict_arrays import strict
from table_captioner import END, START, Table, every_caption, photos

from minisat.captioner import Recipe, build_captioner, fast_decoder
from minisat.captioner.decoding import Ensemble, WithoutRepeats, beam, greedy, sample


class Sharper(Table):
    """Another table: what the first one says, with an opinion of its own."""

    def log_probs(self, photo, words):
        return Table.log_probs(self, photo + 100, words)


class Mean(Table):
    """The mean of the two, computed caption by caption."""

    def log_probs(self, photo, words):
        return np.logaddexp(Table().log_probs(photo, words), Sharper().log_probs(photo, words)) - np.log(2)


def repeats(words, length):
    """Whether a phrase of `length` words comes twice in a caption (END is no word of a phrase)."""
    phrases = [words[i:i + length] for i in range(len(words) - length + 1) if END not in words[i:i + length]]
    return len(phrases) > len(set(phrases))


@pytest.mark.parametrize("normalise", [True, False])
def test_an_ensemble_decodes_the_mean_probability(normalise):
    """As wide as the search space, its beam is the exhaustive search with the mean of the two tables."""
    results = beam(Ensemble([Table(), Sharper()]), photos(2), width=400, max_words=4, n_best=10, normalise=normalise)
    for photo, captions in enumerate(results):
        entries = [entry for entry in every_caption(Mean(), photo, 4) if entry[0][-1] == END]
        entries.sort(key=lambda e: -sum(map(float, e[1])) / (len(e[1]) if normalise else 1))
        assert [caption.ids for caption in captions] == [words[:-1] for words, _ in entries[:10]]
        for caption, (_, logprobs) in zip(captions, entries):
            np.testing.assert_allclose(caption.logprobs, logprobs, atol=1e-5)


def test_one_captioner_twice_is_itself():
    for (one,), (other,) in zip(beam(Ensemble([Table(), Table()]), photos(5), 3, 8), beam(Table(), photos(5), 3, 8)):
        assert one.ids == other.ids and one.logprob == pytest.approx(other.logprob, abs=1e-5)
        np.testing.assert_array_equal(one.alphas, other.alphas)


def test_captioners_of_different_kinds_speak_together():
    """Soft attention and Show and Tell: p is the mean, alpha and beta are those of the one that has them."""
    rng, inputs = np.random.default_rng(0), np.random.default_rng(1).standard_normal((3, 6, 4))
    sizes = {"embedding_size": 6, "hidden_size": 7, "attention_size": 5}
    models = [build_captioner(Recipe(model=name, **sizes), 15, 4, rng=rng).astype("float64").eval()
              for name in ("soft-attention", "show-and-tell")]
    together, ids = Ensemble(map(fast_decoder, models)), np.full(3, START)
    log_probs, state, alpha, beta = together.step(together.start(inputs), ids)
    alone = [model.step(model.start(inputs), ids) for model in models]
    np.testing.assert_allclose(np.exp(log_probs), (np.exp(alone[0][0]) + np.exp(alone[1][0])) / 2, atol=1e-12)
    np.testing.assert_allclose(alpha, alone[0][2], atol=1e-12)
    np.testing.assert_allclose(beta, alone[0][3], atol=1e-12)
    assert together.step(together.select(state, np.array([2, 2])), ids[:2])[0].shape == (2, 15)


def test_a_word_that_no_captioner_gives_a_chance_has_a_finite_log():
    """exp(−200) is 0 in float32; its log is that of the smallest number, so that sums of logs stay numbers."""
    class Sure(Table):
        def step(self, state, ids):
            log_probs, *rest = Table.step(self, state, ids)
            log_probs = np.full_like(log_probs, -200)
            log_probs[:, END] = 0
            return log_probs, *rest
    together = Ensemble([Sure(), Sure()])
    with np.errstate(all="raise", under="ignore"):
        log_probs, *_ = together.step(together.start(photos(2)), np.full(2, START))
    assert log_probs.dtype == np.float32 and np.isfinite(log_probs).all()
    assert (log_probs[:, END] == 0).all() and np.delete(log_probs, END, axis=1).max() < -80


@pytest.mark.parametrize("length", [1, 2, 3])
def test_without_repeats_finds_the_best_captions_that_have_none(length):
    """A beam as wide as the search space equals exhaustive search among captions without a phrase said twice."""
    model, max_words = Table(V=6, end=-1.0), 6
    results = beam(WithoutRepeats(model, length), photos(2), width=1200, max_words=max_words, n_best=15)
    for photo, captions in enumerate(results):
        entries = [entry for entry in every_caption(model, photo, max_words)
                   if entry[0][-1] == END and not repeats(entry[0], length)]
        entries.sort(key=lambda e: -sum(map(float, e[1])) / len(e[1]))
        assert [caption.ids for caption in captions] == [words[:-1] for words, _ in entries[:len(captions)]]
        assert len(captions) == min(15, len(entries) + len(captions) - sum(c.finished for c in captions))


def test_no_decoder_repeats_a_phrase_and_without_blocking_they_do():
    model = Table(V=7, end=-3.0)
    blocked = WithoutRepeats(model, 2)
    for decoder, expected in ((model, True), (blocked, False)):
        captions = itertools.chain(greedy(decoder, photos(8), 14), *beam(decoder, photos(8), 4, 14),
                                   *sample(decoder, photos(8), np.random.default_rng(0), 2, 14))
        assert any(repeats(caption.ids, 2) for caption in captions) == expected


def test_blocking_changes_no_array_of_the_model_and_works_in_every_home():
    """The model's own log_probs are read-only; arrays that refuse NumPy's say the same words."""
    rng, inputs = np.random.default_rng(0), np.random.default_rng(1).standard_normal((4, 6, 4))
    recipe = Recipe(embedding_size=6, hidden_size=7, attention_size=5)
    model = build_captioner(recipe, 9, 4, rng=rng).astype("float64").eval()
    model.L_o.W.data *= 30
    here = beam(WithoutRepeats(model, 2), inputs, 3, 9)
    model._convert(strict.asarray)
    there = beam(WithoutRepeats(model, 2), strict.asarray(inputs), 3, 9)
    assert [best.ids for best, in here] == [best.ids for best, in there]
