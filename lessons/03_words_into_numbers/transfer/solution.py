"""Exercise 3b, solved: pieces of words.

Two ways to get it wrong:

* Counting each word once. Then *the*, which stands everywhere, weighs as little as a word that was met once.
* `word.replace(...)` on the text. It does not know where pieces end: once a and b are joined, "ab" and "c"
  are neighbours, and "b" and "c" are none, though the letters still stand side by side.
"""

from collections import Counter


def learn_joins(counts, number):
    """counts {word: how often it occurs} → a list of at most `number` joins, pairs of pieces, in the order found."""
    pieces, joins = {word: list(word) for word in counts}, []
    while len(joins) < number:
        pairs = Counter()
        for word, each in pieces.items():
            for pair in zip(each, each[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        joins.append(min(pairs, key=lambda pair: (-pairs[pair], pair)))
        pieces = {word: _joined(each, joins[-1]) for word, each in pieces.items()}
    return joins


def cut(word, joins):
    """word → its pieces (a list of strings): its letters, after every join of `joins` in turn, from left to right."""
    pieces = list(word)
    for pair in joins:
        pieces = _joined(pieces, pair)
    return pieces


def _joined(pieces, pair):
    joined, i = [], 0
    while i < len(pieces):
        together = tuple(pieces[i:i + 2]) == tuple(pair)
        joined.append("".join(pair) if together else pieces[i])
        i += 2 if together else 1
    return joined
