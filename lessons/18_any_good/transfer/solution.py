"""Exercise 18b, solved: BLEU's clipped counts.

Two ways to get it wrong:

* Adding the references' counts: then two references with one *the* each allow two.
* Counting with sets: a caption that says *a red ball* twice has said it twice.
"""

from collections import Counter


def matches(caption, references, n):
    """(how many n-grams of `caption` count as found, how many it has)."""
    def ngrams(words):
        return Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))
    most = Counter()
    for reference in references:
        most |= ngrams(reference)                  # | keeps the larger count
    mine = ngrams(caption)
    return (mine & most).total(), mine.total()     # & keeps the smaller
