"""Co-occurrence counts: how often each word stands near each other word, as a sparse matrix."""

from typing import NamedTuple

import numpy as np

from minisat.word2vec.windows import neighbours

_BLOCK = 2**14  # entries of a product that are in memory at once


class Cooccurrence(NamedTuple):
    """A symmetric sparse matrix X (V, V): X[rows[k], columns[k]] = values[k], no place twice, sorted by row."""

    rows: np.ndarray     # (K,) int64
    columns: np.ndarray  # (K,) int64
    values: np.ndarray   # (K,) float64
    V: int

    def times(self, dense):
        """X @ dense (V, M) → (V, M)."""
        product = np.zeros((self.V, dense.shape[1]), dense.dtype)
        for start in range(0, len(self.rows), _BLOCK):
            part = slice(start, start + _BLOCK)
            rows = self.rows[part]
            first = np.flatnonzero(np.diff(rows, prepend=-1))
            terms = self.values[part, None].astype(dense.dtype) * dense[self.columns[part]]
            product[rows[first]] += np.add.reduceat(terms, first)  # the rows are sorted: none comes twice in `first`
        return product

    def dense(self):
        """X itself, (V, V) float32."""
        full = np.zeros((self.V, self.V), np.float32)
        full[self.rows, self.columns] = self.values
        return full


def count_pairs(corpus, window, weigh=True, progress=None):
    """The Cooccurrence of an EncodedCorpus: each pair at most `window` apart in a sentence counts 1, both ways round.

    With `weigh`, it counts 1/distance (Pennington et al. 2014, section 4.2). `progress(words so far)` is called
    now and then.
    """
    V, done = len(corpus.words), 0
    keys, sums = np.zeros(0, np.int64), np.zeros(0)
    waiting = []

    def merge():
        nonlocal keys, sums
        all_keys = np.concatenate([keys, *(k for k, _ in waiting)])
        all_sums = np.concatenate([sums, *(s for _, s in waiting)])
        keys, where = np.unique(all_keys, return_inverse=True)
        sums = np.bincount(where, all_sums, len(keys))
        waiting.clear()

    for ids, sentence in corpus.chunks():
        centres, contexts = neighbours(sentence, window)
        found = ids[centres].astype(np.int64) * V + ids[contexts]
        chunk_keys, where = np.unique(found, return_inverse=True)
        amounts = 1 / np.abs(contexts - centres) if weigh else None
        waiting.append((chunk_keys, np.bincount(where, amounts, len(chunk_keys))))
        if sum(len(k) for k, _ in waiting) > 4 * len(keys):
            merge()
        done += len(ids)
        if progress is not None:
            progress(done)
    merge()
    return Cooccurrence(keys // V, keys % V, sums.astype(np.float64), V)
