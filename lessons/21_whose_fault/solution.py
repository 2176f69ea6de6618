"""Exercise 21, solved: two tests that find out whose fault a wrong caption is.

Two ways to get it wrong:

* The eye is blamed wherever it is wrong about something. It may have taken the cup for a ball while the caption's
  mistake is the fish; then it has an alibi.
* `copies[:, places] = 0` takes *all* places away from every copy, and each place seems to matter equally.
"""

import numpy as np


def suspects(said, seen, there):
    """Sets of things, each a pair such as ("red", "ball") → {thing: "eye" or "tongue"} for each thing that is wrong."""
    made_up = {thing: "eye" if thing in seen else "tongue" for thing in said - there}
    left_out = {thing: "tongue" if thing in seen else "eye" for thing in there - said}
    return {**made_up, **left_out}


def missed(log_p, features):
    """By how much a word's log-probability falls without each place: features (L, D) of one photo → (L,)."""
    places = np.arange(len(features))
    copies = np.repeat(features[None], len(features), axis=0)
    copies[places, places] = 0
    return log_p(features[None]) - log_p(copies)
