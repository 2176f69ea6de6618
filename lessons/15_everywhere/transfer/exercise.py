"""Exercise 15b: the coverage loss, which charges each look for what was looked at before.

See, Liu and Manning (2017) had the same complaint as the lesson, that things are said twice, about networks that
summarise texts. Their term knows what came first. With all earlier looks together, c_t = Σ_{t' < t} alpha_t', it is

    ℓ = 1/N Σ_n Σ_t Σ_i min(alpha_ti, c_ti)        over the real words of each of N captions

Sharp looks that move pay nothing. Those that stay pay, and fog pays as much.

Write both passes, then run: minisat lesson check 15b
"""

import numpy as np


def coverage(alphas, mask):
    """alphas (N, T, L), mask (N, T), true for a word and false for padding → ℓ, a number, and a cache.

    Padding neither pays nor counts as a look. The cache is whatever your way back needs.
    """
    return 0.0, None


def coverage_back(dloss, cache):
    """dloss, a number → (dalphas (N, T, L), None): the mask has no gradient."""
    return None, None
