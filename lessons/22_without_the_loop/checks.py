"""What exercise 22 is checked on: one look, a sentence with its mask, several heads, and a layer that uses it."""

import numpy as np

from minisat.nn import MultiHeadAttention


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(22)

    def asked(T, S, *lead):
        return (rng.standard_normal((*lead, T, 4)), rng.standard_normal((*lead, S, 4)),
                rng.standard_normal((*lead, S, 3)))
    yield "one look", exercise.Asking(), asked(1, 5), {}
    yield "a sentence that sees no later words", exercise.Asking(causal=True), asked(4, 4), {}
    yield "sentences and heads", exercise.Asking(), asked(2, 3, 2, 2), {}
    heads = MultiHeadAttention(3, 5, 4, 2, rng=rng)
    heads.attention = exercise.Asking()
    yield "words that ask places, with two heads", heads, (rng.standard_normal((2, 3, 3)),
                                                            rng.standard_normal((2, 4, 5))), {}
