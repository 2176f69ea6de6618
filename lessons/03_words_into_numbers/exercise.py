"""Exercise 3: words into numbers, first the list of words, then a batch of captions.

Replace the lines that return, then run: minisat lesson check 3
"""

import numpy as np

from minisat.text import END, PAD, SPECIALS, START, UNK  # the ids 3, 0, ("<pad>", "<unk>", "<start>", "<end>"), 2, 1


def word_list(captions, at_least):
    """captions (lists of words) → the list of all words: SPECIALS, then each word that occurs at_least so often.

    The most frequent word comes first; of words that occur equally often, the first by the alphabet.
    """
    return list(SPECIALS)


def batch(captions, words):
    """captions (N lists of words), words (as above) → read (N, T), asked (N, T), real (N, T); T is the longest + 1.

    A caption is the row START, its ids, END, and PAD as far as the longest caption's END. Its first T entries are
    read, its last T are asked for. real (bool) says where what is asked for is no PAD. A word that is not in the list
    is UNK.
    """
    longest = max(len(caption) for caption in captions)
    shape = (len(captions), longest + 1)
    return np.zeros(shape, int), np.zeros(shape, int), np.zeros(shape, bool)
