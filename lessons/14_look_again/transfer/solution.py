"""Exercise 14b, solved: a look with a temperature of its own.

Two ways to get it wrong:

* A score of 0 in the place of −∞ where there is no place. exp(0) is 1, and the look goes where nothing is.
* Subtracting the largest of *all* scores. If that one belongs to a place that is not there, everything else underflows,
  and 0/0 is nan.
"""

import numpy as np


def look(scores, there, p):
    """scores (N, L), there (N, L), true where a photo has that place → alpha (N, L), cache. p["t"] (1,)."""
    u = np.where(there, np.exp(p["t"]) * scores, -np.inf)
    e = np.exp(u - u.max(axis=1, keepdims=True))
    alpha = e / e.sum(axis=1, keepdims=True)
    return alpha, (scores, alpha)


def look_back(dalpha, cache, p, grads):
    """dalpha (N, L) → dscores (N, L), None. Adds to grads["t"] (1,)."""
    scores, alpha = cache
    s = np.exp(p["t"])
    du = alpha * (dalpha - (alpha * dalpha).sum(axis=1, keepdims=True))   # 0 where alpha is 0
    grads["t"] += (du * s * scores).sum()                                 # u_i = exp(t) e_i  ⇒  ∂u_i/∂t = s e_i
    return s * du, None
