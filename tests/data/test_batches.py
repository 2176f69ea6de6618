"""Batches hold every caption once, like lengths together, the same for the same random state."""

import numpy as np
import pytest

from minisat.data import LengthBuckets
from minisat.text import END, PAD, START


def buckets(batch_size=7, count=100, seed=0):
    rng = np.random.default_rng(seed)
    encoded = [rng.integers(4, 50, rng.integers(0, 12)).tolist() for _ in range(count)]
    return LengthBuckets(np.arange(count) // 5, encoded, batch_size, vocabulary_size=50), encoded


def contents(batch):
    """Sorted (photo row, words) of a batch, read back from its ids."""
    return sorted((int(photo), tuple(ids[1:length].tolist()))
                  for photo, ids, length in zip(batch.photos, batch.ids, batch.lengths))


def test_an_epoch_holds_every_caption_once_with_its_photo():
    made, encoded = buckets()
    epoch = made.epoch(np.random.default_rng(1))
    assert len(epoch) == len(made) == 15
    assert sorted(entry for batch in epoch for entry in contents(batch)) == \
        sorted((k // 5, tuple(ids)) for k, ids in enumerate(encoded))


def test_a_batch_starts_ends_and_pads_and_is_sorted_longest_first():
    for batch in buckets()[0].epoch(np.random.default_rng(1)):
        assert batch.photos.dtype == batch.ids.dtype == batch.lengths.dtype == np.int64
        assert batch.ids.shape == (len(batch.photos), batch.lengths.max() + 1)
        assert (np.diff(batch.lengths) <= 0).all() and (batch.ids[:, 0] == START).all()
        for ids, length in zip(batch.ids, batch.lengths):
            assert ids[length] == END and (ids[length + 1:] == PAD).all()
            assert not np.isin(ids[1:length], (START, END, PAD)).any()


def test_like_lengths_are_together():
    """The ranges of lengths of two batches touch at most at their ends: nothing can be packed tighter."""
    epoch = buckets()[0].epoch(np.random.default_rng(1))
    ranges = sorted((batch.lengths.min(), batch.lengths.max()) for batch in epoch)
    assert all(left[1] <= right[0] for left, right in zip(ranges, ranges[1:]))


def test_the_same_state_gives_the_same_epoch_and_another_state_another():
    made, _ = buckets()
    first, again, other = (made.epoch(np.random.default_rng(seed)) for seed in (1, 1, 2))
    for a, b in zip(first, again):
        assert all(np.array_equal(x, y) for x, y in zip(a, b))
    assert [contents(batch) for batch in first] != [contents(batch) for batch in other]
    assert sorted(map(contents, first)) != sorted(map(contents, other))  # other batches, not only another order


def test_batches_come_in_random_order():
    lengths = [batch.lengths[0] for batch in buckets()[0].epoch(np.random.default_rng(1))]
    assert lengths != sorted(lengths) and lengths != sorted(lengths, reverse=True)


@pytest.mark.parametrize("count, batch_size, sizes", [(5, 2, [1, 2, 2]), (3, 10, [3]), (1, 1, [1]), (0, 4, [])])
def test_partial_batches_are_kept(count, batch_size, sizes):
    made, _ = buckets(batch_size, count)
    assert sorted(len(batch.photos) for batch in made.epoch(np.random.default_rng(0))) == sizes


@pytest.mark.parametrize("rows, encoded, sentence", [
    ([0], [[4, 50]], "id 50"), ([0], [[-1]], "no negative"), ([0], [[4, END, 5]], "PAD, START or END"),
    ([-1], [[4]], "rows must not be negative"), ([0, 1], [[4]], "2 rows for 1 captions")])
def test_wrong_ids_are_refused_on_the_host(rows, encoded, sentence):
    with pytest.raises(ValueError, match=sentence):
        LengthBuckets(rows, encoded, 4, vocabulary_size=50)


def test_mixed_batches_hold_every_caption_once_and_all_lengths():
    """like_lengths=False: nothing is lost, and a batch looks like the whole."""
    lengths = [2] * 50 + [9] * 50
    buckets = LengthBuckets(np.arange(100), [[4] * n for n in lengths], 20, like_lengths=False)
    batches = buckets.epoch(np.random.default_rng(0))
    assert sorted(np.concatenate([batch.photos for batch in batches]).tolist()) == list(range(100))
    assert all(set(batch.lengths.tolist()) == {3, 10} for batch in batches)
    assert all((np.diff(batch.lengths) <= 0).all() for batch in batches)
