"""Exercise 4b, solved: one matrix for two uses.

Two ways to get it wrong:

* The gradient of one use only. Nothing fails, the loss falls, and every word learns from half of what it does.
* `grads["W"][ids] += …`. The trap of the lesson is still there: a word that is read twice keeps one of its rows.
"""

import numpy as np


def guess(ids, p):
    """ids (N,), the words that are read → logits (N, V), cache. p["W"] (V, M), p["A"] (M, M)."""
    x = p["W"][ids]
    h = x @ p["A"]
    return h @ p["W"].T, (ids, x, h)


def guess_back(dlogits, cache, p, grads):
    """dlogits (N, V) → None, since ids have no gradient. Adds to grads["W"] (V, M) and grads["A"] (M, M)."""
    ids, x, h = cache
    grads["W"] += dlogits.T @ h                      # the second use: logits_nv = h_n · W_v
    dh = dlogits @ p["W"]
    grads["A"] += x.T @ dh                           # h = x A
    np.add.at(grads["W"], ids, dh @ p["A"].T)        # the first use: x_n = W[ids_n], repeats included
    return None
