"""The corpus as training examples: thinned out, windows drawn, cut into batches of neighbouring words."""

from typing import NamedTuple

import numpy as np

from minisat.word2vec.windows import draw_radius, keep_probabilities, neighbours, subsample


class Batch(NamedTuple):
    """Some consecutive words of the corpus, and the pairs that they make with the words around them.

    The `size` words from ids[start] on are the batch's own, the few before and after stand in their windows only.
    Pair p is the word ids[centres[p]], one of the batch's own, and ids[contexts[p]] near it; in order of centres.
    """

    ids: np.ndarray       # (K,) int32
    start: int
    size: int
    centres: np.ndarray   # (P,) places in ids
    contexts: np.ndarray  # (P,) places in ids

    def bags(self):
        """For CBOW: centres (N,), places of words with neighbours; contexts (N, B) places, mask (N, B) true if real."""
        sizes = np.bincount(self.centres, minlength=len(self.ids))
        centres = np.flatnonzero(sizes)
        mask = np.arange(sizes.max(initial=0)) < sizes[centres, None]
        contexts = np.zeros(mask.shape, np.intp)
        contexts[mask] = self.contexts
        return centres, contexts, mask


def effective_words(weights):
    """How many equally frequent words would repeat as often as these: 1 / Σ p² (Simpson 1949), at least 2."""
    p = weights / weights.sum()
    return max(2, int(1 / (p * p).sum()))


def batches(corpus, settings, rng):
    """Yield (share of this epoch that is behind, Batch) over one pass of an EncodedCorpus.

    All words of a batch take their steps from the same place, so a batch must not be the same few words over and over:
    in a small vocabulary it is made smaller, until a word repeats some once.
    """
    keep, window, done = keep_probabilities(corpus.counts, settings.subsample), settings.window, 0
    size = min(settings.batch, effective_words(keep * corpus.counts))
    for chunk_ids, chunk_sentence in corpus.chunks():
        ids, sentence = subsample(chunk_ids, chunk_sentence, keep, rng)
        K = len(ids)
        centres, contexts = neighbours(sentence, window, draw_radius(rng, K, window, settings.dynamic_window))
        starts = range(0, K, size)
        edges = np.searchsorted(centres, [*starts, K]).tolist()
        for start, first, last in zip(starts, edges, edges[1:]):
            low = max(0, start - window)
            yield ((done + len(chunk_ids) * start / K) / corpus.size,
                   Batch(ids[low:start + size + window], start - low, min(size, K - start),
                         centres[first:last] - low, contexts[first:last] - low))
        done += len(chunk_ids)
