"""The numbers of this lesson's page as a page to step through: `minisat lesson step forget` makes it."""

import numpy as np

import minisat
from minisat.nn import Recurrent, RNNCell


def page():
    """Five steps of a plain cell, and a gradient that comes to the last state alone."""
    N, T, D, H = 2, 5, 3, 4
    rng = np.random.default_rng(0)
    x, dlast = rng.standard_normal((N, T, D)), rng.standard_normal((N, H))
    cell = RNNCell(D, H, rng=0).astype("float64")
    return minisat.step_page(Recurrent(cell), x, None, (np.zeros((N, H)),), upstream=(np.zeros((N, T, H)), (dlast,)),
                             title="Why RNNs forget: five steps back")
