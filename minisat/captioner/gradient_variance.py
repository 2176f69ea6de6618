"""How noisy the gradient of drawn attention is: the figure that REINFORCE's baselines are there to lower."""

from typing import NamedTuple

import numpy as np

from minisat.backend import to_numpy


class GradientNoise(NamedTuple):
    """Of the gradient of all parameters as one vector g, over the draws."""

    variance: float  # E ‖g − E g‖², the sum of its entries' variances
    signal: float    # ‖E g‖², estimated without the noise that the mean still has


def gradient_noise(objective, batch, draws, seed=0):
    """Draw the gradient of `objective` on one batch (features, ids, lengths) so many times → GradientNoise.

    Parameters and baseline stay as they are; draw k is the same for every objective of one captioner, so that
    baselines are compared on the same paths. At least two draws.
    """
    total, squares = 0.0, 0.0
    for draw in range(draws):
        objective.zero_grad()
        _, cache = objective.forward(*batch, rng=np.random.default_rng([seed, draw]))
        objective.backward(1.0, cache)
        gradient = np.concatenate([to_numpy(p.grad).ravel() for p in objective.parameters()]).astype(np.float64)
        total, squares = total + gradient, squares + gradient @ gradient
    mean = total / draws
    variance = (squares - draws * mean @ mean) / (draws - 1)
    return GradientNoise(float(variance), float(mean @ mean - variance / draws))
