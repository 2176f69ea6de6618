"""Exercise 5b, solved: a bag that knows the order.

Two ways to get it wrong:

* The mean over bags for dc. The loss adds the bags up, and what it sends back has been divided already, where it ought
  to be.
* Leaving the mask out of dc. A place that is mostly padding, at the edge of the window, then learns from the padding.
"""

import numpy as np


def bag(ids, mask, p):
    """ids (N, B), mask (N, B), true for a word → h (N, M), cache. p["W"] (V, M), p["c"] (B, M)."""
    share = (mask / mask.sum(axis=1, keepdims=True))[:, :, None]      # (N, B, 1): 1/|B| for a word, 0 for padding
    rows = p["W"][ids]                                                # (N, B, M)
    return (share * p["c"] * rows).sum(axis=1), (ids, share, rows)


def bag_back(dh, cache, p, grads):
    """dh (N, M) → (None, None): neither ids nor mask has a gradient. Adds to grads["W"] and grads["c"]."""
    ids, share, rows = cache
    part = share * dh[:, None, :]                                     # (N, B, M): what reaches c_b W_b
    np.add.at(grads["W"], ids, part * p["c"])                         # a product: each gets what stood beside it
    grads["c"] += (part * rows).sum(axis=0)                           # one c_b for all bags
    return None, None
