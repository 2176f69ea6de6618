"""Exercise 7, solved: the backward pass of the convolution.

Two ways to get it wrong:

* `back[...] = …`. Windows overlap: a pixel belongs to several, and every one of them adds its part.
* Forgetting to cut off the padding: the shape fits only where there is none.
"""

import numpy as np

from minisat.nn import Conv2d
from minisat.nn.windows import padded, seen_by


class Filters(Conv2d):
    """x (N, C_in, h, w) → y (N, C_out, h', w'), with W (C_out, C_in, kh, kw) as self.W and b (C_out,) as self.b."""

    def backward(self, dy, cache):
        """dy (N, C_out, h', w') → dx (N, C_in, h, w). Adds to self.W.grad and self.b.grad."""
        (x,) = cache
        places = dy.shape[2:]
        wide = padded(x, self.kernel, self.stride, self.padding, places)
        dwide = np.zeros_like(wide)

        self.b.grad += dy.sum(axis=(0, 2, 3))                        # y_nors = … + b_o  ⇒  db_o = Σ_nrs dy_nors
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                seen = seen_by(i, j, wide, self.stride, places)
                back = seen_by(i, j, dwide, self.stride, places)
                W = self.W.data[:, :, i, j]

                # y_nors = … + Σ_c W_oc seen_ncrs  ⇒  dW_oc = Σ_nrs dy_nors seen_ncrs, and back_ncrs += Σ_o dy_nors W_oc
                self.W.grad[:, :, i, j] += np.einsum("nors,ncrs->oc", dy, seen)
                back += np.einsum("nors,oc->ncrs", dy, W)

        (top, left), (h, w) = self.padding, x.shape[2:]
        return dwide[:, :, top:top + h, left:left + w]
