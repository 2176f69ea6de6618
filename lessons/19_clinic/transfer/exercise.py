"""Exercise 19b: a gradient check of your own, which passes what is right and catches what is wrong.

All exercises so far were judged by such a check. Now write one, and it will be judged: it is shown layers that are
right and layers that are ill. One that never complains is worse than none.

Replace the line that returns, then run: minisat lesson check 19b
"""

import numpy as np


def worst(layer, x, rng, h=1e-5):
    """How wrong layer.backward is about x: max |a − n| / max(|a|, |n|), a number; 0.0 where both are zero everywhere.

    x: any shape, float64. y, cache = layer.forward(x), dx = layer.backward(dy, cache), as always; the loss is the sum
    of dy · y, and `rng` draws dy. a is what backward says of each entry of x, n what a nudge of that entry by h says;
    the two largest are taken over all entries. The cache may hold x itself. Afterwards x is, to the last digit, what it
    was.
    """
    return 0.0
