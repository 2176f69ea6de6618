"""Exercise 3, solved: the list of words, and a batch of captions.

Two ways to get it wrong:

* `sorted(set(...))`, or `Counter.most_common` alone. The first forgets the counts; the second leaves equals in the
  order in which they came, so that the same captions, shuffled, give another list.
* `real = read != PAD`. It is one place longer than what is asked for: after a short caption's end the network would
  have to guess padding.
"""

from collections import Counter

import numpy as np

from minisat.text import END, PAD, SPECIALS, START, UNK


def word_list(captions, at_least):
    """captions (lists of words) → the list of all words: SPECIALS, then each word that occurs at_least so often."""
    counts = Counter(word for caption in captions for word in caption if word not in SPECIALS)
    frequent = [word for word, count in counts.items() if count >= at_least]
    return [*SPECIALS, *sorted(frequent, key=lambda word: (-counts[word], word))]


def batch(captions, words):
    """captions (N lists of words), words (as above) → read (N, T), asked (N, T), real (N, T); T is the longest + 1."""
    known = {word: id for id, word in enumerate(words) if id >= len(SPECIALS)}
    rows = np.full((len(captions), max(map(len, captions)) + 2), PAD)
    for row, caption in zip(rows, captions):
        row[:len(caption) + 2] = [START, *(known.get(word, UNK) for word in caption), END]
    read, asked = rows[:, :-1], rows[:, 1:]
    return read, asked, asked != PAD
