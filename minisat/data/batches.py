"""Batches of captions of similar length."""

from typing import NamedTuple

import numpy as np

from minisat.text import END, PAD, START


class CaptionBatch(NamedTuple):
    """Captions side by side, the longest first."""

    photos: np.ndarray   # (N,) int64: the photo row of each caption
    ids: np.ndarray      # (N, T+1) int64: START, words, END, then PAD
    lengths: np.ndarray  # (N,) int64: words to predict, END included; never rising


def padded(sequences):
    """Sequences of ids → ids (N, T+1) int64: START, the sequence, then PAD; and their lengths (N,) int64."""
    lengths = np.array([len(sequence) for sequence in sequences], np.int64)
    ids = np.full((len(lengths), lengths.max(initial=0) + 1), PAD, np.int64)
    ids[:, 0] = START
    for row, sequence in zip(ids, sequences):
        row[1:len(sequence) + 1] = sequence
    return ids, lengths


def caption_batch(photos, encoded):
    """The CaptionBatch of captions `encoded` (lists of ids without START and END) of the photo rows `photos`."""
    order = sorted(range(len(encoded)), key=lambda k: -len(encoded[k]))
    return CaptionBatch(np.asarray(photos, np.int64)[order], *padded([(*encoded[k], END) for k in order]))


class LengthBuckets:
    """Cuts captions into batches in which lengths are alike, so that little of a batch is padding.

    With `like_lengths=False` they are mixed at random instead: an encoder with BatchNorm that is trained too wants
    batches that look like the whole, and how long a caption is says something about its photo.
    `rows[k]` is the photo row of caption k and `encoded[k]` its ids without START and END. With
    `vocabulary_size` the ids are checked against it here, on the host, once: a GPU would wrap a wrong one silently.
    ValueError for a wrong id or row.
    """

    def __init__(self, rows, encoded, batch_size, vocabulary_size=None, like_lengths=True):
        self.rows = np.asarray(rows, np.int64)
        self.encoded = [np.asarray(ids, np.int64) for ids in encoded]
        self.batch_size = batch_size
        self.like_lengths = like_lengths
        self.lengths = np.array([len(ids) for ids in self.encoded], np.int64)
        if len(self.rows) != len(self.encoded):
            raise ValueError(f"{len(self.rows)} rows for {len(self.encoded)} captions")
        if batch_size < 1:
            raise ValueError(f"a batch needs at least one caption, not {batch_size}")
        if self.rows.min(initial=0) < 0:
            raise ValueError("photo rows must not be negative")
        words = np.concatenate([np.zeros(0, np.int64), *self.encoded])
        if np.isin(words, (PAD, START, END)).any() or words.min(initial=0) < 0:
            raise ValueError("captions must hold ids of words: no negative ones, no PAD, START or END")
        if vocabulary_size is not None and words.max(initial=0) >= vocabulary_size:
            raise ValueError(f"word id {words.max()} in a vocabulary of {vocabulary_size}")

    def __len__(self):
        """Batches in an epoch."""
        return -(-len(self.encoded) // self.batch_size)

    def epoch(self, rng):
        """All captions once, as a list of CaptionBatch in random order; the last one cut may be smaller.

        `rng` is a NumPy Generator: the same state gives the same epoch, so that a resumed training can make it
        again. Captions of one length are shuffled before the cut, so batches differ from epoch to epoch.
        """
        shuffled = rng.permutation(len(self.encoded))
        if self.like_lengths:
            shuffled = shuffled[np.argsort(-self.lengths[shuffled], kind="stable")]
        cuts = [shuffled[start:start + self.batch_size] for start in range(0, len(shuffled), self.batch_size)]
        return [caption_batch(self.rows[cuts[i]], [self.encoded[k] for k in cuts[i]])
                for i in rng.permutation(len(cuts))]
