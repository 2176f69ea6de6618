"""Exercise 21: two tests that find out whose fault a wrong caption is.

Replace the lines that return, then run: minisat lesson check 21
"""

import numpy as np


def suspects(said, seen, there):
    """Sets of things, each a pair such as ("red", "ball") → {thing: "eye" or "tongue"} for each thing that is wrong.

    said: what the caption speaks of. seen: what the eye names when it is asked alone. there: what is in the photo.
    Wrong is what is said and not there, and what is there and not said. The eye is to blame if it is wrong about that
    very thing, too: it sees what is not there, or does not see what is. Else it is the tongue.
    """
    return {}


def missed(log_p, features):
    """By how much a word's log-probability falls without each place: features (L, D) of one photo → (L,).

    log_p: features (N, L, D) of N photos → (N,), how probable the word is in each, as a logarithm. A place is taken
    away by setting its D numbers to 0. `features` must stay as they are.
    """
    return np.zeros(len(features))
