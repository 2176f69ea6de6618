"""What exercise 14 is checked on: the mean, the shares of one look and of many, and a word of the captioner."""

import numpy as np

from minisat.captioner.attention_step import AttentionStep
from minisat.nn import AdditiveScore, LSTMCell


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(12)
    alpha = rng.dirichlet(np.ones(4), 3)
    yield "the mean", exercise.Mean(), (alpha, rng.standard_normal((3, 4, 2))), {}
    yield "shares of one look", exercise.Shares(), (rng.standard_normal((1, 5)),), {}
    yield "shares of many looks", exercise.Shares(), (rng.standard_normal((3, 3, 3)),), {}
    step = AttentionStep(AdditiveScore(3, 2, rng=rng), LSTMCell(2 + 4, 2, rng=rng), 2, rng=rng)
    step.weighted_sum, step.softmax = exercise.Mean(), exercise.Shares()
    word, features, keys = (rng.standard_normal(shape) for shape in ((2, 2), (2, 5, 4), (2, 5, 3)))
    state = rng.standard_normal((2, 2)), rng.standard_normal((2, 2))
    yield "one word of the captioner", step, (word, features, keys, state), {}
