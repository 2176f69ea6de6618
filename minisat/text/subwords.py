"""Subwords: a word's vector from the vectors of its character n-grams, so that a word never seen has one too."""

import numpy as np

from minisat.errors import UserError

_FNV_START, _FNV_PRIME, _32_BITS = 2166136261, 16777619, 0xFFFFFFFF


def character_ngrams(word, shortest=3, longest=6):
    """The n-grams of `<word>`, shortest ≤ n ≤ longest, as in fastText (Bojanowski et al. 2017, section 3.2).

    The brackets mark where a word begins and ends: "her" in "where" is not the word "<her>".
    """
    marked = f"<{word}>"
    return [marked[start:start + n] for start in range(len(marked))
            for n in range(shortest, min(longest, len(marked) - start) + 1)]


def bucket(ngram, buckets):
    """The number below `buckets` that stands for `ngram`: fastText's FNV-1a hash of its UTF-8 bytes.

    Bytes are added as signed numbers, a quirk of fastText's C++ that its models depend on.
    """
    value = _FNV_START
    for byte in ngram.encode():
        signed = byte if byte < 128 else byte | 0xFFFFFF00
        value = ((value ^ signed) * _FNV_PRIME) & _32_BITS
    return value % buckets


class Subwords:
    """vectors (buckets, M) float32, one for all n-grams with the same hash."""

    def __init__(self, vectors, shortest=3, longest=6):
        if not 1 <= shortest <= longest:
            raise UserError(f"Subwords of {shortest} to {longest} characters: there are none.")
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.shortest, self.longest = int(shortest), int(longest)

    def rows(self, word):
        """The rows of `vectors` (a list of int, repeats kept) that make up `word`."""
        return [bucket(ngram, len(self.vectors)) for ngram in character_ngrams(word, self.shortest, self.longest)]

    def vector(self, word):
        """The mean (M,) of the vectors of the word's n-grams; None for a word too short to have any."""
        rows = self.rows(word)
        return self.vectors[rows].mean(axis=0) if rows else None
