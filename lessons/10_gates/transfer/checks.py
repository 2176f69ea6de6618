"""What exercise 10b is checked on: one sentence, several, and three steps in a row."""

import numpy as np

from minisat.nn import Recurrent


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(99)
    for name, N, D_in, H in (("one sentence", 1, 2, 3), ("three sentences", 3, 4, 2)):
        inputs = rng.standard_normal((N, D_in)), (rng.standard_normal((N, H)),)
        yield name, exercise.Gates(D_in, H, rng=rng), inputs, {}
    cell = Recurrent(exercise.Gates(2, 2, rng=rng))
    yield "three steps", cell, (rng.standard_normal((2, 3, 2)),), {}
