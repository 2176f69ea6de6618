"""The numbers of this lesson's page as a page to step through: `minisat lesson step nudge` makes it."""

import numpy as np

import minisat
from minisat.nn import Linear


def page():
    """Y = X W + b, and a loss that is the entry Y[0, 0] alone."""
    layer = Linear(3, 2, rng=0).astype("float64")
    X = np.arange(12.0).reshape(4, 3) / 10
    dY = np.array([[1.0, 0], [0, 0], [0, 0], [0, 0]])
    return minisat.step_page(layer, X, upstream=dY, title="How a nudge travels: Y = X W + b")
