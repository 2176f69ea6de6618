"""Exercise 17c: top-p, the fewest words that together are likely enough.

The lesson draws with it and does not show how. Of each row of probabilities keep the likeliest words, as few as reach
the mass p together, and let them share all of the probability; the others get 0.

Replace the line that returns, then run: minisat lesson check 17c
"""

import numpy as np


def top_p(probabilities, p):
    """probabilities (N, V), each row adding up to 1 → the same shape: what one draws from.

    In each row the likeliest words stay, the fewest whose probabilities add up to p or more (so at least one), in
    proportion as before, and add up to 1 again. The others get 0. Of words that are equally likely the one with the
    smaller id goes first.
    """
    return 0.0 * probabilities
