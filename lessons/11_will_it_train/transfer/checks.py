"""What exercise 11b is checked on: gains that can be worked out, the spread of the weights, and thirty layers."""

import numpy as np

from minisat.teaching.asking import agree, wrong_unless

GAINS = {"nothing at all, f(z) = z": (lambda z: z, 1.0), "ReLU": (lambda z: np.maximum(z, 0), 2**0.5),
         "leaky ReLU of slope 0.2": (lambda z: np.where(z > 0, z, 0.2 * z), (2 / 1.04) ** 0.5),
         "the absolute value": (np.abs, 1.0), "tanh": (np.tanh, 1.59254),
         "a step, 1 where z > 0": (lambda z: (z > 0).astype(float), 2**0.5)}


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    for name, (f, wanted) in GAINS.items():
        agree(f"The gain of {name}", exercise.gain(f), wanted, 1e-3)
    yield f"gain: {', '.join(GAINS)}"
    f = GAINS["ReLU"][0]
    W = np.asarray(exercise.weights(f, 200, 50, np.random.default_rng(0)))
    wrong_unless(W.shape == (200, 50), f"weights has the shape {W.shape} and should have (200, 50).")
    wrong_unless(abs(W.mean()) < 0.005, f"The mean of the weights is {W.mean():.3f} and should be 0.")
    agree("The standard deviation of 200 × 50 weights after a ReLU", W.std(), 0.1, 0.003)
    again = exercise.weights(f, 200, 50, np.random.default_rng(0))
    wrong_unless(np.array_equal(W, again), "The same rng gives other weights: draw from it alone.")
    yield "weights: as many, as wide"
    for name in ("ReLU", "tanh"):
        rng, f = np.random.default_rng(1), GAINS[name][0]
        a = rng.standard_normal((100, 200))
        for _ in range(30):
            a = f(a) @ exercise.weights(f, 200, 200, rng)
        size = np.sqrt(np.mean(a**2))
        wrong_unless(0.5 < size < 2, f"After thirty layers with {name} a size of 1 has become {size:.2g}.")
    yield "thirty layers keep the size"
