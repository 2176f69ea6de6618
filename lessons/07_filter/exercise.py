"""Exercise 7: the backward pass of the convolution.

Forward is minisat's own. Replace the three zeros, then run: minisat lesson check 7
"""

import numpy as np

from minisat.nn import Conv2d
from minisat.nn.windows import padded, seen_by


class Filters(Conv2d):
    """x (N, C_in, h, w) → y (N, C_out, h', w'), with W (C_out, C_in, kh, kw) as self.W and b (C_out,) as self.b.

    y = b + Σ over i, j of W[:, :, i, j] times the pixels that entry (i, j) of the filter lies on.
    """

    def backward(self, dy, cache):
        """dy (N, C_out, h', w') → dx (N, C_in, h, w). Adds to self.W.grad and self.b.grad."""
        (x,) = cache
        places = dy.shape[2:]                                              # how many windows: (h', w')
        wide = padded(x, self.kernel, self.stride, self.padding, places)   # x with its border of zeros
        dwide = np.zeros_like(wide)                                        # the same for dx

        self.b.grad += 0.0                                           # (C_out,)
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                seen = seen_by(i, j, wide, self.stride, places)      # (N, C_in, h', w'): what (i, j) lies on
                back = seen_by(i, j, dwide, self.stride, places)     # the same pixels of dwide: a view of it
                W = self.W.data[:, :, i, j]                          # (C_out, C_in)

                self.W.grad[:, :, i, j] += 0.0                       # (C_out, C_in), from dy and seen
                back += 0.0                                          # (N, C_in, h', w'), from dy and W

        (top, left), (h, w) = self.padding, x.shape[2:]
        return dwide[:, :, top:top + h, left:left + w]               # the border is no part of x
