"""Diversity: its definitions by hand, and equal to the data folder's reference values."""

import json

import pytest

from minisat.evaluation import collapse, diversity, repeated
from minisat.evaluation.diversity import distinct


def read(*sentences):
    return [sentence.split() for sentence in sentences]


TRAINING = read("a cat sleeps on a sofa", "two cats play", "a cat sleeps on a sofa", "the moon rises")


def test_figures_counted_by_hand():
    figures = diversity(read("two cats play", "two cats play", "a dog sleeps"), TRAINING)
    assert figures == {
        "n": 3, "unique_captions": 2, "share_in_train": 2 / 3, "unique_share_in_train": 1 / 2,
        "distinct_1": 6 / 9, "distinct_2": 4 / 6, "distinct_3": 2 / 3, "vocab_used": 6,
        "vocab_used_in_train_vocab": 5, "train_vocab": 11, "tokens": 9, "mean_len": 3.0}


def test_part_of_a_training_caption_is_not_that_caption():
    assert diversity(read("a cat sleeps"), TRAINING)["share_in_train"] == 0


def test_ngrams_end_with_their_caption_and_empty_captions_count():
    assert distinct(read("a b", "a b"), 2) == 1 / 2   # no (b, a) between them
    assert distinct(read("a", "b"), 2) == 0.0
    figures = diversity([[], ["a"]], TRAINING)
    assert (figures["n"], figures["unique_captions"], figures["mean_len"], figures["share_in_train"]) == (2, 2, 0.5, 0)


def test_a_captioner_that_says_the_same_of_all_photos_is_found():
    captions = read("a cat", "a cat", "a dog", "a cat", "a dog", "a bird")
    assert repeated(captions) == [(3, ("a", "cat")), (2, ("a", "dog"))]
    assert repeated(captions, 1) == [(3, ("a", "cat"))]
    assert repeated(read("a cat", "a dog")) == []


def test_a_collapse_is_one_caption_for_more_than_a_tenth_of_the_photos():
    different = [["caption", str(n)] for n in range(18)]
    assert collapse(different) is None
    assert collapse(different + read("a cat", "a cat")) is None           # 2 of 20
    assert collapse(different + read("a cat", "a cat", "a cat")) == (3, ("a", "cat"))


def test_without_captions_there_is_nothing_to_say():
    with pytest.raises(ValueError):
        diversity([], TRAINING)


def test_equal_to_the_reference_values(data_folder):
    cases = json.loads((data_folder / "metrics" / "diversity.json").read_text(encoding="utf-8"))["cases"]
    for case in cases:
        figures = diversity(read(*case["hyps"]), read(*case["train"]))
        assert figures.keys() == case["expect"].keys()
        for key, value in case["expect"].items():
            assert figures[key] == pytest.approx(value, rel=0, abs=1e-11), (case["name"], key)
    assert len(cases) >= 3
