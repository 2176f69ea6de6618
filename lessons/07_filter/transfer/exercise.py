"""Exercise 7b: mean pooling, which is not on the page.

A filter that learns nothing: each window is replaced by its mean, channel by channel. Forward is minisat's own. Write
the way back, then run: minisat lesson check 7b
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

        # As on the page, seen_by(i, j, dx, self.stride, dy.shape[2:]) are the pixels of dx at (i, j) of each window
        return dx
