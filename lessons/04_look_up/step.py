"""The numbers of this lesson's page as a page to step through: `minisat lesson step look_up` makes it."""

import numpy as np

import minisat
from minisat.nn import Embedding


def page():
    """Word 4 comes twice."""
    embedding = Embedding(6, 3, rng=0).astype("float64")
    return minisat.step_page(embedding, np.array([4, 1, 4]), upstream=np.ones((3, 3)),
                             title="Why dense vectors: word 4 comes twice")
