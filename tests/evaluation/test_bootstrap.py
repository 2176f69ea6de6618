"""The bootstrap: equal to scoring each resample afresh, and right about known differences."""

import time

import numpy as np
import pytest

from minisat.evaluation.bleu import add_counts, bleu, count
from minisat.evaluation.bootstrap import Statistics, compare, intervals, resamples

WORDS = "a the small old red dog cat bird runs sleeps sings on under near tree house".split()


def invented(rng, photos, right=0.5):
    """Captions that share the share `right` of their words with the only reference: one Counts a photo."""
    counts = []
    for _ in range(photos):
        reference = list(rng.choice(WORDS, rng.integers(5, 12)))
        caption = [word if rng.random() < right else rng.choice(WORDS) for word in reference][:rng.integers(4, 12)]
        counts.append(count(caption, [reference]))
    return counts


def statistics(counts):
    return Statistics.build(counts, {"precision": [c.matches[0] / c.totals[0] for c in counts]})


def test_scores_are_those_of_the_corpus(rng):
    counts = invented(rng, 40)
    scores = statistics(counts).scores()
    expected = bleu(add_counts(counts)).smoothed
    np.testing.assert_allclose([scores[f"bleu_{n}"][0] for n in range(1, 5)], expected, rtol=1e-12)
    assert scores["precision"][0] == pytest.approx(np.mean([c.matches[0] / c.totals[0] for c in counts]))


def test_a_resample_scores_as_its_photos_written_out(rng):
    counts = invented(rng, 25)
    weights = resamples(25, rounds=20, seed=3)
    assert (weights.sum(axis=1) == 25).all() and weights.max() > 1
    scores = statistics(counts).scores(weights)
    for k, row in enumerate(weights.astype(int)):
        drawn = [c for c, times in zip(counts, row) for _ in range(times)]
        np.testing.assert_allclose([scores[f"bleu_{n}"][k] for n in range(1, 5)], bleu(add_counts(drawn)).smoothed,
                                   rtol=1e-12)
        assert scores["precision"][k] == pytest.approx(np.mean([c.matches[0] / c.totals[0] for c in drawn]))


def test_no_words_and_no_matches_score_as_coco_caption_has_it():
    counts = [count([], [["a", "dog"]]), count(["a"], [["b", "c"]])]
    scores = statistics([counts[1]]).scores()
    np.testing.assert_allclose([scores[f"bleu_{n}"][0] for n in range(1, 5)], bleu(counts[1]).smoothed, rtol=1e-9)
    nothing = Statistics.build(counts[:1], {}).scores()
    assert all(nothing[f"bleu_{n}"][0] == pytest.approx(0, abs=1e-300) for n in range(1, 5))


def test_the_interval_of_a_mean_is_the_textbooks(rng):
    values = rng.normal(3.0, 2.0, 400)
    low, high = intervals(Statistics(np.ones((400, 10)), {"x": values}), rounds=4000)["x"]
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_the_seed_decides(rng):
    some = statistics(invented(rng, 30))
    assert intervals(some, 50, seed=1) == intervals(some, 50, seed=1) != intervals(some, 50, seed=2)


def test_a_captioner_does_not_differ_from_itself(rng):
    some = statistics(invented(rng, 30))
    for found in compare(some, some, rounds=200).values():
        assert found.difference == found.low == found.high == found.wins == 0 and found.p_value == 1.0


def test_a_better_captioner_is_found_and_the_sign_is_seconds_minus_firsts(rng):
    worse, better = statistics(invented(rng, 200, 0.3)), statistics(invented(rng, 200, 0.7))
    for found in compare(worse, better, rounds=300).values():
        assert found.difference == found.second - found.first > 0
        assert 0 < found.low < found.difference < found.high and found.wins == 1.0
        assert found.p_value == pytest.approx(1 / 301)
    back = compare(better, worse, rounds=300)["bleu_4"]
    assert back.high < 0 and back.wins == 0.0


def test_p_values_of_equals_are_spread_evenly(rng):
    """Two captioners that are alike: p falls below x in the share x of trials (here of means, 400 trials)."""
    p = []
    for _ in range(400):
        first, second = (Statistics(np.ones((20, 10)), {"x": rng.normal(size=20)}) for _ in range(2))
        p.append(compare(first, second, rounds=99, seed=int(rng.integers(1 << 30)))["x"].p_value)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.08)


def test_different_numbers_of_photos_are_refused(rng):
    with pytest.raises(ValueError):
        compare(statistics(invented(rng, 3)), statistics(invented(rng, 4)))


def test_a_thousand_resamples_of_a_thousand_photos_take_seconds(rng):
    some = statistics(invented(rng, 1000))
    start = time.process_time()
    compare(some, some)
    assert time.process_time() - start < 5.0
