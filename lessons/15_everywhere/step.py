"""The numbers of this lesson's page as a page to step through: `minisat lesson step everywhere` makes it."""

import numpy as np

import minisat
from minisat.nn import DoublyStochasticPenalty


def page():
    """Word 1 looks at place 1, word 2 at place 2; padding "looks" at places 3 and 4."""
    real = np.array([[True, True, False, False]])
    return minisat.step_page(DoublyStochasticPenalty(), np.eye(4)[None], real, upstream=1.0,
                             title="Look at everything: two words and their padding")
