"""What looks are like: spread out or sharp, resting at one place or moving, in the middle or at the border.

None of this says that a look is right (see `occlusion` and `pointing`), but it shows habits: a map that rests at one
place whatever the word, or in a corner, where photos show little, does not tell what the words come from.
"""

import math

import numpy as np

from minisat.evaluation.bootstrap import mean_interval

SENTINEL = 1e-3  # of a word's look, at least somewhere, where there is one


def shares(alphas):
    """alphas (…, L) / Σ alpha, float64: of the look at the photo alone, where a sentinel has the rest.

    Zero where nothing is looked at: beside a sentinel that can be.
    """
    alphas = np.asarray(alphas, np.float64)
    return alphas / np.maximum(alphas.sum(axis=-1, keepdims=True), 1e-30)


def entropies(alphas):
    """−Σ p log p of each look of alphas (…, L), p its `shares`, in nats, float64 (…): 0 to log L."""
    p = shares(alphas)
    return -(p * np.log(np.maximum(p, 1e-30))).sum(axis=-1)


def look_figures(names, alphas, cells):
    """How looks are, ready for JSON. names: of the photos; alphas: the looks of each one's words (T, L).

    Means over a caption's words, then over photos, with intervals: "entropy" in nats ("most": log L); "one_place", the
    share of the caption's words whose largest alpha lies at its one most frequent place; "border", the share of those
    where it lies at the border of the grid `cells` (CellGrid), beside "border_chance", the border's share of places.
    "sentinel": the share that goes to no place, 1 − Σ alpha, None where every look goes to places alone. A word with
    nothing but the sentinel has no other figure. "per_image": {name: {figure: of that photo}}.
    """
    border = np.ones(cells.shape, bool)
    border[1:-1, 1:-1] = False
    rows = []
    for looks in alphas:
        total = np.sum(looks, axis=1, dtype=np.float64)
        rows.append({"sentinel": float(1 - total.mean())})
        if total.any():
            peaks = np.argmax(looks, axis=1)[total > 0]
            rows[-1] |= {"entropy": float(entropies(looks)[total > 0].mean()),
                         "one_place": float(np.bincount(peaks).max() / len(peaks)),
                         "border": float(border.ravel()[peaks].mean())}
    if max(row["sentinel"] for row in rows) < SENTINEL:
        for row in rows:
            del row["sentinel"]
    means = {key: mean_interval([row[key] for row in rows if key in row])
             for key in ("entropy", "one_place", "border", "sentinel")}
    return {"photos": len(rows), "words": sum(map(len, alphas)), **means, "most": math.log(cells.L),
            "places": cells.L, "border_places": int(border.sum()), "border_chance": float(border.mean()),
            "per_image": dict(zip(names, rows))}
