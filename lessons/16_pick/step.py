"""The numbers of this lesson's page as a page to step through: `minisat lesson step pick` makes it."""

import numpy as np

import minisat
from minisat.nn import HardAttention


def page():
    """The ball was drawn, which costs 0.2, where a draw costs J on average: all comes through log p."""
    scores, costs = np.array([[1.0, 1.5, 0.0, 0.0]]), np.array([0.2, 2.6, 1.4, 1.4])
    look, place = HardAttention(), 0
    (_, alpha, _, _), _ = look.forward(scores, choice=np.array([place]))
    nothing = np.zeros((1, 4))
    return minisat.step_page(look, scores, choice=np.array([place]), title="Pick one place: the ball was drawn",
                             upstream=(nothing, nothing, costs[[place]] - alpha[0] @ costs, np.zeros(1)))
