"""The numbers of this lesson's page as a page to step through: `minisat lesson step filter` makes it."""

import numpy as np

import minisat
from minisat.nn import Conv2d


def page():
    """The loss is y at row 0, column 1."""
    layer = Conv2d(1, 1, 3, rng=0).astype("float64")
    layer.W.data[0, 0] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    dy = np.zeros((1, 1, 3, 3))
    dy[0, 0, 0, 1] = 1
    return minisat.step_page(layer, np.arange(25.0).reshape(1, 1, 5, 5) + 10, upstream=dy,
                             title="What a filter learns: one filter, one picture")
