"""Exercise 18b: BLEU's clipped counts, which the page describes and minisat computes.

Replace the line that returns, then run: minisat lesson check 18b
"""

from collections import Counter


def matches(caption, references, n):
    """(how many n-grams of `caption` count as found, how many it has).

    caption: a list of words; references: a list of such lists. An n-gram counts as found no more often than the one
    reference has it that has it most often.
    """
    return 0, 0
