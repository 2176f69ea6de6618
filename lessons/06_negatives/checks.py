"""What exercise 6 is checked on: one guess, words drawn twice or though true, words true here and drawn there."""

import numpy as np

from minisat.word2vec.skip_gram import SkipGram


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(5)

    def layer():
        made = exercise.Negatives(5, 2)
        made.W.data[...] = rng.standard_normal((5, 2))  # it would start at zero, and hide what goes to h
        return made

    one = rng.standard_normal((1, 2)), np.array([1])
    yield "one guess", layer(), one, {"noise": np.array([[3, 0]])}
    yield "a word drawn twice", layer(), one, {"noise": np.array([[3, 3]])}
    yield "the true word is drawn too", layer(), one, {"noise": np.array([[1, 4]])}
    guesses = rng.standard_normal((3, 2)), np.array([1, 0, 1])
    yield "true here, drawn there", layer(), guesses, {"noise": np.array([[0, 3], [1, 1], [1, 0]])}
    model = SkipGram(5, 2, layer(), rng=rng)
    model.embedding.W.data[...] = rng.standard_normal((5, 2))
    yield "skip-gram", model, (np.array([4, 2, 4]), np.array([1, 0, 3])), {"noise": np.array([[2, 2], [0, 1], [1, 3]])}
