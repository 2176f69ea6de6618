"""How sure a score is: the bootstrap over photos, and two tests between captioners on the same photos.

A corpus score is a function of sums over photos, so a resample of photos is a vector of how often each was drawn, and
a thousand resamples are one matrix product. CIDEr's document frequencies stay those of the whole set.
"""

from typing import NamedTuple

import numpy as np

from minisat.evaluation.corpus import corpus_scores, drawn_scores

ROUNDS = 1000
LEVEL = 0.95


def resamples(photos, rounds=ROUNDS, seed=0):
    """(rounds, photos): how often each photo was drawn when as many photos are drawn with replacement."""
    return np.random.default_rng(seed).multinomial(photos, np.full(photos, 1 / photos), rounds).astype(np.float64)


def intervals(families, rounds=ROUNDS, seed=0, level=LEVEL):
    """{score: (low, high)}: the middle `level` of the scores of resamples (the percentile bootstrap, Efron 1979)."""
    samples = drawn_scores(families, resamples(_photos(families), rounds, seed))
    return {key: _middle(values, level) for key, values in samples.items()}


def mean_interval(values, rounds=ROUNDS, seed=0, level=LEVEL):
    """{"mean", "low", "high"} of one value a photo, ready for JSON, by the same bootstrap; None without any photo."""
    if not len(values):
        return None
    values = np.asarray(values, np.float64)
    low, high = _middle(resamples(len(values), rounds, seed) @ values / len(values), level)
    return {"mean": float(values.mean()), "low": low, "high": high}


class Comparison(NamedTuple):
    """One score of two captioners on the same photos."""

    first: float
    second: float
    difference: float  # second − first
    low: float         # interval of the difference: paired bootstrap
    high: float
    wins: float        # share of resamples in which the second is the better (Koehn 2004)
    p_value: float     # two-sided, by approximate randomisation


def compare(first, second, rounds=ROUNDS, seed=0, level=LEVEL):
    """{score: Comparison} of the Families of two captioners: the same photos in the same order.

    The paired bootstrap (Koehn 2004, "Statistical significance tests for machine translation evaluation") draws the
    same photos for both: it says by how much they differ. Approximate randomisation (Noreen 1989; Riezler and Maxwell
    2005) asks whether they do: how often comes about a difference as large when for each photo a coin decides which of
    its two captions is whose? p is (1 + as large) / (1 + rounds). ValueError for unequal numbers of photos.
    """
    photos = _photos(first)
    if photos != _photos(second):
        raise ValueError(f"{photos} photos beside {_photos(second)}")
    drawn, coins = resamples(photos, rounds, seed), np.random.default_rng([seed, 1]).random((rounds, photos)) < 0.5
    kept = np.hstack([~coins, coins]).astype(np.float64)  # of the photos of `first`, then of those of `second`
    both = [family._replace(rows=np.vstack([family.rows, other.rows])) for family, other in zip(first, second)]
    ours, theirs = corpus_scores(first), corpus_scores(second)
    drawn_ours, drawn_theirs = drawn_scores(first, drawn), drawn_scores(second, drawn)
    mixed_ours, mixed_theirs = drawn_scores(both, kept), drawn_scores(both, 1 - kept)
    result = {}
    for key in ours:
        difference, differences = theirs[key] - ours[key], drawn_theirs[key] - drawn_ours[key]
        as_large = np.abs(mixed_theirs[key] - mixed_ours[key]) >= abs(difference) - 1e-12
        result[key] = Comparison(ours[key], theirs[key], difference, *_middle(differences, level),
                                 float((differences > 0).mean()), float((1 + as_large.sum()) / (1 + rounds)))
    return result


def _photos(families):
    """How many photos the Families are of."""
    return len(families[0].rows)


def _middle(values, level):
    """(low, high) of the middle `level` of the values."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
