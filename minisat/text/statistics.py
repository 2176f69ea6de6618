"""What a corpus of captions is made of: how long they are and which words they use."""

from collections import Counter
from typing import NamedTuple

import numpy as np


class WordStatistics(NamedTuple):
    """Counts over tokenised captions."""

    lengths: np.ndarray  # (captions,) int64, words in each
    counts: Counter      # {word: occurrences}

    @property
    def words(self):
        """Occurrences of all words together."""
        return self.counts.total()

    def frequencies(self):
        """(different words,) int64: occurrences of the most frequent word, the second, and so on."""
        return np.array(sorted(self.counts.values(), reverse=True), np.int64)

    def most_common(self, count, without=frozenset()):
        """The `count` most frequent (word, occurrences) that are not in `without`, ties by alphabet."""
        kept = [(word, n) for word, n in self.counts.items() if word not in without]
        return sorted(kept, key=lambda entry: (-entry[1], entry[0]))[:count]

    def coverage(self, vocabulary):
        """The share of all occurrences that `vocabulary` knows, 0..1 (1 without any words)."""
        known = sum(n for word, n in self.counts.items() if word in vocabulary)
        return known / self.words if self.words else 1.0


def word_statistics(token_lists):
    """WordStatistics of tokenised captions (lists of str)."""
    token_lists = list(token_lists)
    return WordStatistics(np.array([len(tokens) for tokens in token_lists], np.int64),
                          Counter(word for tokens in token_lists for word in tokens))
