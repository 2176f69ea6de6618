"""The numbers of this lesson's page as a page to step through: `minisat lesson step surprise` makes it."""

import numpy as np

import minisat
from minisat.nn import CrossEntropy


def page():
    """It was a cat."""
    logits = np.array([[2.0, 1.0, -1.0, 0.0]])
    return minisat.step_page(CrossEntropy(), logits, np.array([1]), upstream=1.0, words=["dog", "cat", "car", "sky"],
                             title="Why p − y: it was a cat")
