"""What exercise 3b is checked on: one join, weights, equals, letters that repeat, and words that were never met."""

from minisat.teaching.asking import wrong_unless

COUNTS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
JOINS = [("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w"), ("e", "w"), ("ew", "est"), ("n", "ewest")]


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    wrong_unless(list(exercise.cut("lowest", [])) == list("lowest"), "Without joins the pieces are the letters.")
    found = list(exercise.cut("lowest", JOINS[:2]))
    wrong_unless(found == ["l", "o", "w", "est"], f"cut('lowest') with the joins {JOINS[:2]} gives "
                 f"['l', 'o', 'w', 'est'], not {found}.")
    for word, pair, wanted in (("aaa", ("a", "a"), ["aa", "a"]), ("bananas", ("an", "a"), list("bananas"))):
        found = list(exercise.cut(word, [pair]))
        wrong_unless(found == wanted, f"cut({word!r}) with the join {pair} gives {wanted}, from left to right, "
                     f"not {found}.")
    yield "cut: joins in turn, from left to right"
    first = [tuple(pair) for pair in exercise.learn_joins(dict(COUNTS), 1)]
    wrong_unless(first == [("e", "s")], f"In {COUNTS} e and s stand together 9 times, as do s and t, and the alphabet "
                 f"decides: the first join is ('e', 's'), not {first}.")
    common = [tuple(pair) for pair in exercise.learn_joins({"xy": 9, "ab": 1, "cab": 1, "dab": 1}, 1)]
    wrong_unless(common == [("x", "y")], "A pair counts as often as its words *occur*: in {'xy': 9, 'ab': 1, 'cab': 1, "
                 f"'dab': 1}} x and y stand together 9 times, a and b 3 times; you join {common}.")
    yield "learn_joins: the most frequent pair, words by how often they occur"
    found = [tuple(pair) for pair in exercise.learn_joins(dict(COUNTS), 7)]
    wrong_unless(found == JOINS, f"The first seven joins of {COUNTS} are {JOINS}, not {found}: a join changes what "
                 "stands beside what.")
    ended = [tuple(pair) for pair in exercise.learn_joins({"ab": 1}, 9)]
    wrong_unless(ended == [("a", "b")], "Where no pair is left, the list ends; of {'ab': 1} it is [('a', 'b')], "
                 f"not {ended}.")
    yield "learn_joins: round after round, until nothing is left to join"
    word = "lowest"
    wrong_unless(list(exercise.cut(word, found)) == ["low", "est"], "A word that was never met is cut into known "
                 f"pieces: lowest into low and est, not {exercise.cut(word, found)}.")
    yield "a word that was never met: low and est"
