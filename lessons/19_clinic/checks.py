"""What exercise 19 is checked on: each of the six layers alone, and a captioner in which all of them work."""

import numpy as np

from minisat.captioner import TeacherForcing

SIZES = {"embedding_size": 2, "hidden_size": 2, "attention_size": 2, "dropout": 0.0}


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(17)

    def normal(*shape):
        return rng.standard_normal(shape)

    yield "1 of 6: the softmax", exercise.Shares(), (normal(3, 5),), {}
    yield "2 of 6: the embedding", exercise.LookUp(6, 2, rng=rng), (np.array([[2, 4, 1, 4], [2, 5, 0, 0]]),), {}
    yield "3 of 6: the LSTM", exercise.Gates(3, 2, rng=rng), (normal(4, 3), (normal(4, 2), normal(4, 2))), {}
    mask = np.arange(4) < np.array([[4], [2]])
    yield ("4 of 6: the surprise", exercise.Surprise(), (normal(2, 4, 5), rng.integers(0, 5, (2, 4))), {"mask": mask})
    yield "5 of 6: the score", exercise.Match(3, 4, rng=rng), (normal(2, 5, 3), normal(2, 4)), {}
    features, ids = normal(2, 3, 3), np.array([[2, 4, 4, 3], [2, 4, 3, 0]])
    yield "6 of 6: the captioner", exercise.Sentence(5, 3, rng=rng, **SIZES), (features, ids[:, :-1]), {}
    objective = TeacherForcing(exercise.Sentence(5, 3, rng=rng, **SIZES))
    exercise.admit(objective)
    yield "all of them", objective, (features, ids, np.array([3, 2])), {}
