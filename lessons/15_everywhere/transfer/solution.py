"""Exercise 15b, solved: the coverage loss.

Two ways to get it wrong:

* The slope of alpha_ti alone. The way through c is the one by which a look learns that a later word needs its place.
* Adding up what comes from *earlier* words. A look cannot be blamed for what was said before it.
"""

import numpy as np


def coverage(alphas, mask):
    """alphas (N, T, L), mask (N, T), true for a word and false for padding → ℓ, a number, and a cache."""
    looks = alphas * mask[:, :, None]
    before = np.cumsum(looks, axis=1) - looks                        # c: without its own
    return np.minimum(looks, before).sum() / len(looks), (looks, before, mask)


def coverage_back(dloss, cache):
    """dloss, a number → (dalphas (N, T, L), None): the mask has no gradient."""
    looks, before, mask = cache
    part = dloss / len(looks)
    own, dbefore = part * (looks < before), part * (looks >= before)   # to the smaller of the two
    later = np.cumsum(dbefore[:, ::-1], axis=1)[:, ::-1] - dbefore     # alpha_t is in c of every later word
    return (own + later) * mask[:, :, None], None
