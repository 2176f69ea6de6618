"""Sampling: drawn with the model's probabilities, seeded, cut and sharpened as asked."""

import numpy as np
import pytest
from table_captioner import END, START, Table, photos

from minisat.captioner.decoding import greedy, sample
from minisat.captioner.decoding.sampling import draw, likelier


def rng(seed=0):
    return np.random.default_rng(seed)


def test_words_are_drawn_as_often_as_they_are_likely():
    weights = np.array([0.0, 1.0, 3.0, 0.0, 6.0, 0.0])
    counts = np.bincount(draw(np.tile(weights, (200_000, 1)), rng()), minlength=6)
    np.testing.assert_allclose(counts / 200_000, weights / 10, atol=0.004)
    assert counts[[0, 3, 5]].sum() == 0


def test_a_word_without_weight_is_not_drawn_by_a_zero_either():
    """The generator's smallest number, which comes once in some millions of draws."""
    class Zero:
        def integers(self, limit):
            return 0

    assert draw(np.array([[0.0, 0.0, 1.0]]), Zero()).tolist() == [2]


def test_captions_are_drawn_with_their_own_likelihood():
    """With marks, the frequency of every caption of up to two words is p of it, END at once included."""
    model, count = Table(V=5, sharpness=0.5), 3000
    drawn, = sample(model, photos(1), rng(), count, max_words=2, marks=True)
    found = {}
    for caption in drawn:
        key = (*caption.ids, *[END] * caption.finished)
        found[key] = found.get(key, 0) + 1 / count
        assert caption.logprob == pytest.approx(caption.logprobs.sum(), abs=1e-5)
    assert (END,) in found and len(found) == 1 + 4 * 5
    for words, frequency in found.items():
        p = np.exp(sum(model.log_probs(0, (START, *words[:t]))[word] for t, word in enumerate(words)))
        assert frequency == pytest.approx(p, abs=5 * float(np.sqrt(p / count)))


def test_the_same_seed_draws_the_same_and_another_does_not():
    one, same, other = ([[c.ids for c in captions] for captions in sample(Table(V=30), photos(5), rng(seed), 3, 9)]
                        for seed in (1, 1, 2))
    assert one == same != other
    assert [len(captions) for captions in one] == [3] * 5


def test_no_marks_unless_asked_and_never_empty():
    for captions in sample(Table(V=6, end=1.0), photos(10), rng(), 20, max_words=6):
        assert all(caption.ids and min(caption.ids) > END for caption in captions)


@pytest.mark.parametrize("options", [{"temperature": 1e-4}, {"top_k": 1}, {"top_p": 1e-6}])
def test_at_their_ends_all_knobs_are_greedy(options):
    model = Table(V=30)
    drawn = sample(model, photos(20), rng(), max_words=9, **options)
    assert [caption.ids for caption, in drawn] == [caption.ids for caption in greedy(model, photos(20), 9)]


def test_what_is_kept_to_draw_from():
    scores = np.log([[0.1, 0.4, 0.2, 0.3]])
    np.testing.assert_array_equal(likelier(scores, top_k=2) > 0, [[False, True, False, True]])
    np.testing.assert_array_equal(likelier(scores, top_p=0.7) > 0, [[False, True, False, True]])
    np.testing.assert_array_equal(likelier(scores, top_p=0.71) > 0, [[False, True, True, True]])
    np.testing.assert_array_equal(likelier(scores, top_k=2, top_p=0.5) > 0, [[False, True, False, False]])
    np.testing.assert_allclose(likelier(scores) / likelier(scores).sum(), np.exp(scores))


@pytest.mark.parametrize("options", [{"temperature": 0}, {"top_k": -1}, {"top_p": 0}, {"top_p": 1.1}, {"count": 0}])
def test_a_meaningless_knob_is_refused(options):
    with pytest.raises(ValueError, match="Sampling needs"):
        sample(Table(), photos(1), rng(), **options)
