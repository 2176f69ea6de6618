"""The corpus as training examples: thinned out, windows drawn, cut into batches of neighbouring words."""

from typing import NamedTuple

import numpy as np

from minisat.word2vec.windows import draw_radius, keep_probabilities, neighbours, offsets, subsample


class Batch(NamedTuple):
    """Some consecutive words with the words around them.

    The `centres` are words start … start + K - 1 of `ids`, which has up to `window` words more at either side.
    `near` (K, 2 window) says which neighbours count; offsets(window) says where they stand.
    """

    ids: np.ndarray   # (K + up to 2 window,) int32
    start: int        # of the centres in `ids`
    near: np.ndarray  # (K, 2 window) bool

    def pairs(self):
        """(centres, contexts): two (P,) arrays of places in `ids`, one pair for each true entry of `near`."""
        rows, columns = np.nonzero(self.near)
        rows += self.start
        return rows, rows + offsets(self.near.shape[1] // 2)[columns]

    def bags(self):
        """(contexts (N, 2 window) places in `ids`, mask (N, 2 window), centres (N,) places): words with neighbours."""
        rows = np.flatnonzero(self.near.any(axis=1))
        places = (rows + self.start)[:, None] + offsets(self.near.shape[1] // 2)
        return np.where(self.near[rows], places, 0), self.near[rows], rows + self.start


def batches(corpus, settings, rng):
    """Yield (share of this epoch that is behind, Batch) over one pass of an EncodedCorpus."""
    keep, window, done = keep_probabilities(corpus.counts, settings.subsample), settings.window, 0
    for chunk_ids, chunk_sentence in corpus.chunks():
        ids, sentence = subsample(chunk_ids, chunk_sentence, keep, rng)
        near = neighbours(sentence, window, draw_radius(rng, len(ids), window, settings.dynamic_window))
        for first in range(0, len(ids), settings.batch):
            last, low = first + settings.batch, max(0, first - window)
            yield ((done + len(chunk_ids) * first / len(ids)) / corpus.size,
                   Batch(ids[low:last + window], first - low, near[first:last]))
        done += len(chunk_ids)
