"""Exercise 6b: a hat for a million words, from which one draws at the price of two numbers.

To draw a word by its probability, one may add up probabilities until a random number is reached: V additions for each
negative, and all that was saved is lost again. Walker (1977) needs one comparison, whatever V is. Lay the words
beside each other as columns, word v's V · p_v high. The mean height is 1. Now level them: fill each column that is too
low up to 1 with what stands above 1 elsewhere, each from *one* donor, whose name it keeps. Then a draw is a column, all
equally likely, and a height between 0 and 1: below own[v] it is word v, above it other[v].

Replace the lines that return, then run: minisat lesson check 6b
"""

import numpy as np


def hat(p):
    """p (V,), probabilities → (own (V,), how high a word's own part of its column is; other (V,), ids: its donor)."""
    return np.ones(len(p)), np.arange(len(p))


def draw(own, other, column, height):
    """The ids that are drawn: column (K,), ids; height (K,), between 0 and 1 → ids (K,)."""
    return column
