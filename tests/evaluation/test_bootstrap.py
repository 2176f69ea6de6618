"""The bootstrap: equal to scoring each resample afresh, and right about known differences."""

import time

import numpy as np
import pytest

from minisat.evaluation import References, corpus_scores, drawn_scores
from minisat.evaluation.bootstrap import compare, intervals, mean_interval, resamples
from minisat.evaluation.corpus import Family

WORDS = "a the small old red dog cat bird runs sleeps sings on under near tree house".split()


def invented(rng, photos, right=0.5):
    """The Families of captions that share the share `right` of their words with the only reference."""
    references, captions = {}, {}
    for photo in range(photos):
        reference = list(rng.choice(WORDS, rng.integers(5, 12)))
        caption = [word if rng.random() < right else rng.choice(WORDS) for word in reference]
        references[photo], captions[photo] = [reference], caption[:rng.integers(4, 12)]
    return References(references, captions.values()).families(captions)


def mean_of(values):
    """The Families of one score x that is a mean of `values`."""
    return [Family(("x",), np.array(values, float)[:, None], lambda sums, n: sums / np.asarray(n, float)[..., None])]


def test_a_resample_scores_as_its_photos_written_out(rng):
    families = invented(rng, 25)
    weights = resamples(25, rounds=20, seed=3)
    assert (weights.sum(axis=1) == 25).all() and weights.max() > 1
    scores = drawn_scores(families, weights)
    for k, row in enumerate(weights.astype(int)):
        written_out = [family._replace(rows=np.repeat(family.rows, row, axis=0)) for family in families]
        for key, value in corpus_scores(written_out).items():
            assert scores[key][k] == pytest.approx(value, rel=1e-9, abs=1e-12), key


def test_the_interval_of_a_mean_is_the_textbooks(rng):
    values = rng.normal(3.0, 2.0, 400)
    low, high = intervals(mean_of(values), rounds=4000)["x"]
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_the_seed_decides(rng):
    some = invented(rng, 30)
    assert intervals(some, 50, seed=1) == intervals(some, 50, seed=1) != intervals(some, 50, seed=2)


def test_a_captioner_does_not_differ_from_itself(rng):
    some = invented(rng, 30)
    for found in compare(some, some, rounds=200).values():
        assert found.difference == found.low == found.high == found.wins == 0 and found.p_value == 1.0


def test_a_better_captioner_is_found_and_the_sign_is_seconds_minus_firsts(rng):
    worse, better = invented(rng, 200, 0.3), invented(rng, 200, 0.8)
    found_all = compare(worse, better, rounds=300)
    for key in ("bleu_1", "bleu_2", "bleu_4", "rouge_l", "cider_d", "meteor_exact_stem"):
        found = found_all[key]
        assert found.difference == found.second - found.first > 0
        assert 0 < found.low < found.difference < found.high and found.wins == 1.0
        assert found.p_value == pytest.approx(1 / 301)
    back = compare(better, worse, rounds=300)["bleu_4"]
    assert back.high < 0 and back.wins == 0.0


def test_p_values_of_equals_are_spread_evenly(rng):
    """Two captioners that are alike: p falls below x in the share x of trials (here of means, 400 trials)."""
    p = []
    for _ in range(400):
        first, second = (mean_of(rng.normal(size=20)) for _ in range(2))
        p.append(compare(first, second, rounds=99, seed=int(rng.integers(1 << 30)))["x"].p_value)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.08)


def test_different_numbers_of_photos_are_refused(rng):
    with pytest.raises(ValueError):
        compare(invented(rng, 3), invented(rng, 4))


def test_a_thousand_resamples_of_a_thousand_photos_take_seconds(rng):
    some = invented(rng, 1000)
    start = time.process_time()
    compare(some, some)
    assert time.process_time() - start < 5.0


def test_the_interval_of_a_mean_is_as_wide_as_its_standard_error(rng):
    values = rng.normal(3.0, 2.0, 400)
    found = mean_interval(values)
    assert found["mean"] == pytest.approx(values.mean())
    assert (found["high"] - found["low"]) / 2 == pytest.approx(1.96 * values.std() / 20, rel=0.1)
    assert mean_interval([0.5]) == {"mean": 0.5, "low": 0.5, "high": 0.5} and mean_interval([]) is None
