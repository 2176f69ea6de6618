"""What exercise 10 is checked on: nudges on h and c at once, a cell of one entry, and many steps in a row."""

import numpy as np

from minisat.nn import Recurrent


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(9)

    def cell(D_in, H):
        made = exercise.Gates(D_in, H, rng=rng)
        made.b.data[...] = rng.standard_normal(4 * H)
        return made

    def normal(*shape):
        return rng.standard_normal(shape)

    yield "nudges on h and on c", cell(4, 3), (normal(5, 4), (normal(5, 3), normal(5, 3))), {}
    yield "one entry", cell(1, 1), (normal(1, 1), (normal(1, 1), normal(1, 1))), {}
    yield "five steps", Recurrent(cell(2, 3)), (normal(2, 5, 2), None, (normal(2, 3), normal(2, 3))), {}
