"""The numbers of this lesson's page as a page to step through: `minisat lesson step context` makes it."""

import numpy as np

import minisat
from minisat.word2vec.bag import Bag


def page():
    """A bag of three words, one of them twice, and a bag that holds one word."""
    bag = Bag(V=5, M=2, rng=0).astype("float64")
    ids = np.array([[3, 1, 3], [2, 0, 0]])
    mask = np.array([[True, True, True], [True, False, False]])
    return minisat.step_page(bag, ids, mask, upstream=np.array([[3.0, 0.0], [0.0, 1.0]]),
                             title="Meaning from context: two bags of words")
