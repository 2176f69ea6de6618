"""The numbers of this lesson's page as a page to step through: `minisat lesson step gates` makes it."""

import numpy as np

import minisat
from minisat.nn import LSTMCell


def page():
    """One step of an LSTM, and a gradient of 1 that comes to its memory c."""
    rng = np.random.default_rng(0)
    cell = LSTMCell(3, 4, rng=0).astype("float64")
    x, h_prev, c_prev = rng.standard_normal((1, 3)), rng.standard_normal((1, 4)), rng.standard_normal((1, 4))
    return minisat.step_page(cell, x, (h_prev, c_prev), upstream=(np.zeros((1, 4)), np.ones((1, 4))),
                             title="What gates fix: one step of an LSTM")
