"""Exercise 7b, solved: mean pooling.

Two ways to get it wrong:

* `back[...] = …`. Windows overlap where the stride is smaller than the kernel, and a pixel hears from each of its
  windows.
* Dividing by how many windows there are. The mean divides by the pixels of one window.
"""

import numpy as np

from minisat.nn import AvgPool2d
from minisat.nn.windows import seen_by


class Means(AvgPool2d):
    """x (N, C, h, w) → y (N, C, h', w'), the means of windows of self.kernel, self.stride apart, without padding."""

    def backward(self, dy, cache):
        """dy (N, C, h', w') → dx (N, C, h, w). The cache: the shape of x."""
        (shape,) = cache
        dx = np.zeros(shape)
        share = dy / (self.kernel[0] * self.kernel[1])         # y = Σ x / size  ⇒  each pixel gets dy / size
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                back = seen_by(i, j, dx, self.stride, dy.shape[2:])   # a view: what is added to it, dx has
                back += share
        return dx
