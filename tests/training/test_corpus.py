"""From captions to words and batches: who counts for the vocabulary, what is left out."""

from pathlib import Path

import pytest

from minisat.captioner import Recipe
from minisat.data import Photo
from minisat.errors import UserError
from minisat.text import UNK
from minisat.training import Corpus


def photo(name, split, *captions):
    return Photo(name, Path(name), split, captions)


TRAIN = [photo("a", "train", "a dog", "a dog runs", "..."), photo("b", "train", "a " * 50),
         photo("c", "train", "a cat")]
DEV = [photo("d", "dev", "a zebra runs"), photo("e", "dev", "!")]


def test_vocabulary_from_training_captions_only():
    """A word of dev is unknown; empty and overlong training captions are left out and counted."""
    corpus = Corpus.build(TRAIN, DEV, Recipe(min_count=1))
    assert "zebra" not in corpus.vocabulary and "cat" in corpus.vocabulary
    assert corpus.left_out == 2 and [p.name for p in corpus.train] == ["a", "c"]
    assert [p.name for p in corpus.dev] == ["d"] and corpus.dev_words == [[["a", "zebra", "runs"]]]
    (batch,) = corpus.dev_set([7], 4).batches
    assert batch.photos.tolist() == [7] and UNK in batch.ids


def test_rows_of_photos():
    """Every caption points at the input row of its photo."""
    buckets = Corpus.build(TRAIN, DEV, Recipe(min_count=1)).batches([30, 40], Recipe(batch_size=2))
    assert buckets.rows.tolist() == [30, 30, 40]


def test_fingerprint():
    """It is stable, and any changed caption changes it."""
    make = lambda dev: Corpus.build(TRAIN, dev, Recipe(min_count=1)).fingerprint  # noqa: E731
    assert make(DEV) == make(DEV) != make([photo("d", "dev", "a zebra ran")])


def test_nothing_to_learn_from():
    """No captions, or a threshold that no word reaches: one sentence."""
    with pytest.raises(UserError, match="no captions"):
        Corpus.build(TRAIN[1:2], [], Recipe())
    with pytest.raises(UserError, match="min_count"):
        Corpus.build(TRAIN, [], Recipe(min_count=100))
    assert Corpus.build(TRAIN, [], Recipe(min_count=1)).dev_set([], 4) is None
