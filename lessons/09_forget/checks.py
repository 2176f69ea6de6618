"""What exercise 9 is checked on: the cell alone, the loop with minisat's cell, then both."""

import numpy as np

from minisat.nn import RNNCell


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(8)

    def randomised(cell):  # W_h too: a fresh one is orthogonal, and may by chance be its own transpose
        for parameter in cell.parameters():
            parameter.data[...] = rng.standard_normal(parameter.shape) / 2
        return cell

    state = (rng.standard_normal((3, 5)),)
    cell = randomised(exercise.Elman(4, 5, rng=rng))
    yield "one step of the cell", cell, (rng.standard_normal((3, 4)), state), {}
    once = exercise.ThroughTime(randomised(RNNCell(4, 5, rng=rng)))
    yield "the loop, one step", once, (rng.standard_normal((3, 1, 4)), None, state), {}
    loop = exercise.ThroughTime(randomised(RNNCell(4, 5, rng=rng)))
    yield "the loop, a loss at each of five steps", loop, (rng.standard_normal((3, 5, 4)), None, state), {}
    yield "your cell in your loop", exercise.ThroughTime(cell), (rng.standard_normal((3, 5, 4)), None, state), {}
