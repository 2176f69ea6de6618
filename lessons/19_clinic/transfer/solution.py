"""Exercise 19b, solved: a gradient check of your own.

Two ways to get it wrong:

* Ones for dy. A softmax whose backward pass returns zeros is then found to be healthy, since its outputs always add up
  to 1.
* An absolute error. Deep inside a network gradients are small, and wrong ones are small as well.
"""

import numpy as np


def worst(layer, x, rng, h=1e-5):
    """How wrong layer.backward is about x: max |a − n| / max(|a|, |n|); 0.0 where both are zero everywhere."""
    y, cache = layer.forward(x)
    dy = rng.standard_normal(y.shape)
    a, n = layer.backward(dy, cache), np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        up = (dy * layer.forward(x)[0]).sum()
        x[place] = kept - h
        down = (dy * layer.forward(x)[0]).sum()
        x[place] = kept                                   # the very number, not the sum of three
        n[place] = (up - down) / (2 * h)
    largest = max(np.abs(a).max(), np.abs(n).max())
    return np.abs(a - n).max() / largest if largest else 0.0
