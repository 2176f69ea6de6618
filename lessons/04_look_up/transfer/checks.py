"""What exercise 4b is checked on: the logits, and both passes with different words and with repeated ones."""

import numpy as np

from minisat.teaching.asking import Pair, agree, fixed, parts


def cases(work):
    """Yield what gradcheck is to hold against numbers, and a sentence for each thing that is right."""
    rng = np.random.default_rng(33)
    p = {"W": rng.standard_normal((6, 3)), "A": rng.standard_normal((3, 3))}
    ids = np.array([4, 1, 0, 4, 1])
    logits, _ = parts("guess", work.guess(*fixed((ids, p))), 2)
    agree("logits of guess, W[ids] A Wᵀ,", logits, np.einsum("nm,mk,vk->nv", p["W"][ids], p["A"], p["W"]))
    yield "guess: the logits"
    yield "different words", Pair("guess", work.guess, work.guess_back, p), (np.array([2, 5]),), {}
    yield "words that are read twice", Pair("guess", work.guess, work.guess_back, p), (ids,), {}
    yield "guess_back: W has the gradient of both uses"
