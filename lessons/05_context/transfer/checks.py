"""What exercise 5b is checked on: bags beside those of the lesson, order, padding, and both passes."""

import numpy as np

from minisat.teaching.asking import Pair, agree, fixed, parts
from minisat.word2vec.bag import Bag


def cases(work):
    """Yield what gradcheck is to hold against numbers, and a sentence for each thing that is right."""
    rng = np.random.default_rng(44)
    p = {"W": rng.standard_normal((6, 2)), "c": rng.standard_normal((3, 2))}
    ids, full = np.array([[3, 1, 3], [2, 5, 4]]), np.ones((2, 3), bool)
    short = np.array([[True, True, True], [False, True, True]])
    plain = Bag(6, 2, rng=rng).astype("float64")
    plain.W.data[...] = p["W"]
    alike = p | {"c": np.ones((3, 2))}
    agree("h of full bags with c = 1, which is that of the lesson,", _h(work, ids, full, alike), plain(ids, full))
    agree("h of bags with padding and c = 1, which is that of the lesson,", _h(work, ids, short, alike),
          plain(ids, short))
    yield "with c = 1 it is the bag of the lesson"
    agree("h of one bag with the words 3, 1 and 5", _h(work, np.array([[3, 1, 5]]), full[:1], p),
          ((p["W"][3] * p["c"][0] + p["W"][1] * p["c"][1] + p["W"][5] * p["c"][2]) / 3)[None])
    yield "with other vectors c the order counts"
    yield "full bags", Pair("bag", work.bag, work.bag_back, p), (ids, full), {}
    yield "bags with padding", Pair("bag", work.bag, work.bag_back, p), (ids, short), {}
    yield "bag_back: agrees with the numbers"


def _h(work, ids, mask, p):
    h, _ = parts("bag", work.bag(*fixed((ids, mask, p))), 2)
    return h
