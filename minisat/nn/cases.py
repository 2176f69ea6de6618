"""Every layer in several shapes, as plain data: what the gradient checker and the parity tests run.

A case is a function of a NumPy Generator that returns `(module, inputs, noise)`: the module is called as
`module.forward(*inputs, **noise)`, inputs are NumPy arrays (float32 or integers), and noise holds what is
passed by name and has no gradient, such as a mask. Stochastic layers may be given their noise by name or
leave it out; the caller then passes an `rng`.
"""

import numpy as np

from minisat.nn.linear import Linear


def normal(rng, *shape):
    """Standard normal numbers, float32, of `shape`."""
    return rng.standard_normal(shape).astype(np.float32)


CASES = {
    "linear": lambda rng: (Linear(4, 3, rng=rng), (normal(rng, 5, 4),), {}),
    "linear.sequence": lambda rng: (Linear(4, 3, rng=rng), (normal(rng, 2, 3, 4),), {}),
    "linear.no_bias": lambda rng: (Linear(4, 3, bias=False, rng=rng), (normal(rng, 1, 4),), {}),
    "linear.one_to_one": lambda rng: (Linear(1, 1, rng=rng), (normal(rng, 1, 1),), {}),
}
