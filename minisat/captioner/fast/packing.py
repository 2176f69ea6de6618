"""Packed rows: the real words of a padded minibatch, time step by time step, with no padding between."""

from typing import NamedTuple

import numpy as np


class Packing(NamedTuple):
    """Where the words of N captions lie when longer captions come first and padding is left out.

    Row r is word `times[r]` of caption `captions[r]`. The rows of step t are `starts[t]:starts[t + 1]`,
    and the captions that still run at step t are the first of `order`, so a step is one contiguous slice.
    """

    order: np.ndarray     # (N,) captions, longest first
    starts: np.ndarray    # (T + 1,)
    captions: np.ndarray  # (R,) R words in all
    times: np.ndarray     # (R,)

    @property
    def places(self):
        """(R,) where the caption of each row stands in `order`."""
        return np.arange(len(self.times)) - self.starts[self.times]

    def caption_sums(self, values):
        """values (R,), one a word → their sum over each caption (N,), in `order`."""
        return np.bincount(self.places, values, len(self.order)).astype(values.dtype)

    def steps(self):
        """One slice of rows per time step."""
        return [slice(int(a), int(b)) for a, b in zip(self.starts[:-1], self.starts[1:])]


def pack(lengths):
    """lengths (N,) words per caption → their Packing."""
    lengths = np.asarray(lengths)
    order = np.argsort(-lengths, kind="stable")
    running = (lengths[:, None] > np.arange(lengths.max())).sum(axis=0)  # captions that have a word t
    starts = np.concatenate([[0], np.cumsum(running)])
    captions = np.concatenate([order[:count] for count in running])
    return Packing(order, starts, captions, np.repeat(np.arange(len(running)), running))
