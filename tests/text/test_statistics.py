"""Corpus statistics count what they say."""

import numpy as np

from minisat.text import FUNCTION_WORDS, Vocabulary, word_statistics

CAPTIONS = [["a", "dog", "on", "a", "mat"], ["a", "dog"], []]


def test_lengths_counts_and_ranks():
    statistics = word_statistics(iter(CAPTIONS))
    np.testing.assert_array_equal(statistics.lengths, [5, 2, 0])
    np.testing.assert_array_equal(statistics.frequencies(), [3, 2, 1, 1])
    assert statistics.words == 7
    assert statistics.most_common(3) == [("a", 3), ("dog", 2), ("mat", 1)]
    assert statistics.most_common(3, without=FUNCTION_WORDS) == [("dog", 2), ("mat", 1)]


def test_coverage_is_the_share_of_occurrences_that_are_known():
    vocabulary = Vocabulary.build(CAPTIONS, min_count=2)
    assert word_statistics(CAPTIONS).coverage(vocabulary) == 5 / 7
    assert word_statistics([]).coverage(vocabulary) == 1.0
