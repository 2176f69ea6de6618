"""Exercise 3b: pieces of words, which large models read instead of words.

Begin with letters, and join again and again the two neighbouring pieces that stand together most often (byte-pair
encoding; Sennrich et al. 2016). Frequent words become one piece, rare ones a few, and nothing is ever unknown.

Replace the lines that return, then run: minisat lesson check 3b
"""


def learn_joins(counts, number):
    """counts {word: how often it occurs} → a list of at most `number` joins, pairs of pieces, in the order found.

    Each word begins as its letters. A pair counts as often as it stands in a word, times how often the word occurs. Of
    pairs that are equally frequent the first by the alphabet is joined. Where no pair is left, the list ends.
    """
    return []


def cut(word, joins):
    """word → its pieces (a list of strings): its letters, after every join of `joins` in turn, from left to right."""
    return list(word)
