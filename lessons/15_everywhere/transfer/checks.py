"""What exercise 15b is checked on: ways to look whose price is known, padding, and both passes."""

import numpy as np

from minisat.teaching.asking import Pair, agree, fixed, parts


def cases(work):
    """Yield what gradcheck is to hold against numbers, and a sentence for each thing that is right."""
    T, L = 3, 4
    full = np.ones((1, T), bool)
    for what, looks, price in (("sharp looks that move", np.eye(T, L)[None], 0.0),
                               ("sharp looks that stay", np.eye(1, L).repeat(T, axis=0)[None], T - 1.0),
                               ("fog", np.full((1, T, L), 1 / L), T - 1.0)):
        agree(f"The loss of {what}, for {T} words and {L} places,", _loss(work, looks, full), price)
    yield "coverage: nothing for sharp looks that move; staying and fog cost alike"
    rng = np.random.default_rng(1313)
    alphas, padded = rng.dirichlet(np.ones(L), (3, 5)), np.arange(5) < np.array([[5], [3], [1]])
    price = sum(np.minimum(caption[t], caption[:t].sum(axis=0)).sum()
                for caption in (alphas[0], alphas[1][:3], alphas[2][:1]) for t in range(len(caption)))
    agree("The loss of three captions with padding", _loss(work, alphas, padded), price / 3)
    yield "coverage: padding neither pays nor counts as a look"

    def backward(dloss, cache, p, grads):
        return work.coverage_back(dloss, cache)
    pair = Pair("coverage", lambda alphas, mask, p: work.coverage(alphas, mask), backward, {})
    yield "no padding", pair, (alphas, np.ones((3, 5), bool)), {}
    yield "padding", pair, (alphas, padded), {}
    yield "coverage_back: agrees with the numbers"


def _loss(work, alphas, mask):
    loss, _ = parts("coverage", work.coverage(*fixed((alphas, mask))), 2)
    return loss
