"""The numbers of this lesson's page as a page to step through: `minisat lesson step negatives` makes it."""

import numpy as np

import minisat
from minisat.word2vec.negative_sampling import NegativeSampling


def page():
    """1 is the neighbour; 3, 3 and 1 are drawn."""
    layer = NegativeSampling(V=5, M=2).astype("float64")
    layer.W.data[...] = [[1, 1], [2, 0], [0, 1], [-1, 2], [1, -1]]
    return minisat.step_page(layer, np.array([[1.0, 0.5]]), np.array([1]), noise=np.array([[3, 3, 1]]), upstream=1.0,
                             title="Must we score every word? One guess")
