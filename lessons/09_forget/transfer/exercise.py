"""Exercise 9b: truncated backpropagation through time, which reads on and learns from the last few steps.

The way back through a text of ten thousand words needs ten thousand caches, and little of the gradient would arrive
anyway. So one cuts the text into pieces of k steps. From one piece to the next the *state* goes on, so that the cell
remembers; the *gradient* does not go back, so that no more than k caches are ever kept.

Replace the line that returns, then run: minisat lesson check 9b
"""

import numpy as np


def truncated(cell, x, doutputs, k):
    """x (N, T, D), doutputs (N, T, H) → outputs (N, T, H), dx (N, T, D). Adds to the gradients of the cell.

    outputs[:, t] is the state after step t, and doutputs[:, t] what the loss at step t sends to it. The pieces are the
    steps 0 to k − 1, k to 2k − 1, …; the last one may be shorter. The cell is the lesson's, and its states are tuples
    of one array: state = cell.zero_state(N, x) before the first step, state, cache = cell.forward(x[:, t], state),
    dx[:, t], dstate = cell.backward(dstate, cache).
    """
    return np.zeros(doutputs.shape), np.zeros(x.shape)
