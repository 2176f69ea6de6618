"""What exercise 5 is checked on: full bags, bags with padding, and CBOW as a whole."""

import numpy as np

from minisat.word2vec.cbow import CBOW
from minisat.word2vec.full_softmax import FullSoftmax


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(4)
    ids, full = np.array([[3, 1, 3], [2, 0, 4]]), np.ones((2, 3), bool)
    yield "full bags", exercise.Mean(5, 2, rng=rng), (ids, full), {}
    short = np.array([[True, True, True], [True, False, False]])
    yield "bags with padding", exercise.Mean(5, 2, rng=rng), (ids, short), {}
    model = CBOW(5, 2, FullSoftmax(5, 2), rng=rng)
    model.bag = exercise.Mean(5, 2, rng=rng)
    model.output.W.data[...] = rng.standard_normal((5, 2))
    yield "CBOW", model, (ids, short, np.array([0, 1])), {}
