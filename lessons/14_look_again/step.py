"""The numbers of this lesson's page as a page to step through: `minisat lesson step look_again` makes it."""

import numpy as np

import minisat
from minisat.nn import Module, Softmax, WeightedSum


class Look(Module):
    """Scores become shares, and the places are added up, each times its share."""

    def __init__(self):
        self.softmax, self.mean = Softmax(), WeightedSum()

    def forward(self, scores, places):
        """scores (N, L), places (N, L, D) → z (N, D)."""
        alpha, shared = self.softmax.forward(scores)
        z, seen = self.mean.forward(alpha, places)
        return z, (shared, seen)

    def backward(self, dz, cache):
        """dz (N, D) → dscores (N, L), dplaces (N, L, D)."""
        shared, seen = cache
        dalpha, dplaces = self.mean.backward(dz, seen)
        return self.softmax.backward(dalpha, shared), dplaces


def page():
    """Four places, of each how red and how blue it is; the sentence wanted more red."""
    places = np.array([[[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.0, 0.0]]])
    return minisat.step_page(Look(), np.array([[0.0, 0.0, 1.0, 0.0]]), places, upstream=np.array([[-1.0, 0.0]]),
                             title="Look again at every word: one look at four places")
