"""Exercise 9b, solved: truncated backpropagation through time.

Two ways to get it wrong:

* Beginning each piece with a state of zeros. Then the cell forgets on the way forwards too: it reads the text as if it
  were many short ones.
* Going through all pieces forwards first and through all of them backwards afterwards. The gradients may be right, but
  all T caches were kept, and to get rid of them was the point.
"""

import numpy as np


def truncated(cell, x, doutputs, k):
    """x (N, T, D), doutputs (N, T, H) → outputs (N, T, H), dx (N, T, D). Adds to the gradients of the cell."""
    (N, T, _), outputs, dx = x.shape, np.zeros(doutputs.shape), np.zeros(x.shape)
    state = cell.zero_state(N, x)
    for start in range(0, T, k):
        steps, caches = range(start, min(start + k, T)), []
        for t in steps:
            state, cache = cell.forward(x[:, t], state)             # goes on from piece to piece
            outputs[:, t] = state[0]
            caches.append(cache)
        dh = np.zeros(state[0].shape)                               # does not come back from the next piece
        for t, cache in zip(reversed(steps), reversed(caches)):
            dx[:, t], (dh,) = cell.backward((dh + doutputs[:, t],), cache)
    return outputs, dx
