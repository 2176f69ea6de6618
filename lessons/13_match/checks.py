"""What exercise 13 is checked on: one place, several photos of several places, no bias (Luong's concat)."""

import numpy as np


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(11)
    yield "one photo, one place", exercise.Score(4, 3, rng=rng), (rng.standard_normal((1, 1, 4)),
                                                                  rng.standard_normal((1, 3))), {}
    keys, h = rng.standard_normal((3, 5, 4)), rng.standard_normal((3, 2))
    yield "three photos of five places", exercise.Score(4, 2, rng=rng), (keys, h), {}
    yield "without a bias", exercise.Score(4, 2, bias=False, rng=rng), (keys, h), {}
