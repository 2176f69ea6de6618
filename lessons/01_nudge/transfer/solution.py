"""Exercise 1b, solved: nudges carried forwards.

Two ways to get it wrong:

* `a[1] * b[1]` for the move of a product. That is the one term that is too small to count.
* All moves 1 at once in `slopes`. One gets the sum of all slopes, from a single walk. To have each alone, forward mode
  needs a walk for every input, backpropagation one for all of them: with a million weights, that decides it.
"""

import numpy as np


def plus(a, b):
    """The pairs a and b → the pair of a + b."""
    return a[0] + b[0], a[1] + b[1]


def times(a, b):
    """The pairs a and b, which may both move, and may be the same one → the pair of a · b."""
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1]             # two paths, so their moves add up


def over(a, b):
    """The pairs a and b → the pair of a / b."""
    q = a[0] / b[0]
    return q, (a[1] - q * b[1]) / b[0]                        # a = q b  ⇒  ȧ = q̇ b + q ḃ; solve for q̇


def tanh(a):
    """The pair a → the pair of tanh a."""
    y = np.tanh(a[0])
    return y, (1 - y**2) * a[1]                               # its local slope, times what arrives


def slopes(f, at):
    """The slope of f for each of its inputs, at the numbers `at` (n,) → (n,)."""
    return np.array([f(list(zip(at, moves)))[1] for moves in np.eye(len(at))])
