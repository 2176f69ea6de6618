"""How sure a score is: the bootstrap over photos, and two tests between captioners on the same photos.

A corpus score is a function of sums over photos, so a resample of photos is a vector of how often each was drawn, and
a thousand resamples are one matrix product. BLEU comes from summed counts; the other scores are means over photos.
CIDEr's document frequencies stay those of the whole set.
"""

from typing import NamedTuple

import numpy as np

from minisat.evaluation.bleu import ORDERS

ROUNDS = 1000
LEVEL = 0.95


class Statistics(NamedTuple):
    """What the scores of N captioned photos are made of; a corpus is its sum over photos."""

    counts: np.ndarray  # (N, 10) BLEU: matches and n-grams of the orders 1..4, words, words in the closest reference
    means: dict         # {score: (N,)} one value a photo

    @classmethod
    def build(cls, counts, values):
        """From one `bleu.Counts` a photo and {score: one value a photo}."""
        rows = [(*c.matches, *c.totals, c.hypothesis_length, c.reference_length) for c in counts]
        return cls(np.array(rows, np.float64), {name: np.array(column, float) for name, column in values.items()})

    def scores(self, weights=None):
        """{score: (K,)} of the corpora in which photo n occurs weights[k, n] times; without weights each once."""
        weights = np.ones((1, len(self.counts))) if weights is None else weights
        photos = weights.sum(axis=1)
        of_bleu = bleu_of_sums(weights @ self.counts)
        return ({f"bleu_{n + 1}": of_bleu[:, n] for n in range(ORDERS)}
                | {name: weights @ values / photos for name, values in self.means.items()})


def bleu_of_sums(sums):
    """BLEU-1..4 (K, 4), smoothed as coco-caption does, of summed counts (K, 10): `bleu` of many corpora at once."""
    matches, totals, words, closest = sums[:, :ORDERS], sums[:, ORDERS:2 * ORDERS], sums[:, -2], sums[:, -1]
    precisions = (matches + 1e-15) / (totals + 1e-9)
    ratio = (words + 1e-15) / (closest + 1e-9)
    penalty = np.exp(np.minimum(1.0 - 1.0 / ratio, 0.0))
    return np.exp(np.log(precisions).cumsum(axis=1) / np.arange(1, ORDERS + 1)) * penalty[:, None]


def resamples(photos, rounds=ROUNDS, seed=0):
    """(rounds, photos): how often each photo was drawn when as many photos are drawn with replacement."""
    return np.random.default_rng(seed).multinomial(photos, np.full(photos, 1 / photos), rounds).astype(np.float64)


def intervals(statistics, rounds=ROUNDS, seed=0, level=LEVEL):
    """{score: (low, high)}: the middle `level` of the scores of resamples (the percentile bootstrap, Efron 1979)."""
    samples = statistics.scores(resamples(len(statistics.counts), rounds, seed))
    return {name: _middle(values, level) for name, values in samples.items()}


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
    """{score: Comparison} of two Statistics, of the same photos in the same order.

    The paired bootstrap (Koehn 2004, "Statistical significance tests for machine translation evaluation") draws the
    same photos for both: it says by how much they differ. Approximate randomisation (Noreen 1989; Riezler and Maxwell
    2005) asks whether they do: how often comes about a difference as large when for each photo a coin decides which of
    its two captions is whose? p is (1 + as large) / (1 + rounds). ValueError for unequal numbers of photos.
    """
    photos = len(first.counts)
    if photos != len(second.counts):
        raise ValueError(f"{photos} photos beside {len(second.counts)}")
    weights = resamples(photos, rounds, seed)
    swap = np.random.default_rng([seed, 1]).integers(0, 2, (rounds, photos)).astype(np.float64)
    ours, theirs = first.scores(), second.scores()
    drawn_ours, drawn_theirs = first.scores(weights), second.scores(weights)
    mixed_ours, mixed_theirs = _mixed(first, second, swap), _mixed(second, first, swap)
    result = {}
    for name in (name for name in ours if name in theirs):
        a, b = float(ours[name][0]), float(theirs[name][0])
        drawn = drawn_theirs[name] - drawn_ours[name]
        as_large = np.abs(mixed_theirs[name] - mixed_ours[name]) >= abs(b - a) - 1e-12
        result[name] = Comparison(a, b, b - a, *_middle(drawn, level), float((drawn > 0).mean()),
                                  float((1 + as_large.sum()) / (1 + rounds)))
    return result


def _mixed(statistics, other, swap):
    """The scores when photo n is taken from `other` where swap[k, n] is 1."""
    both = Statistics(np.vstack([statistics.counts, other.counts]),
                      {name: np.concatenate([values, other.means[name]]) for name, values in statistics.means.items()
                       if name in other.means})
    return both.scores(np.hstack([1 - swap, swap]))


def _middle(values, level):
    """(low, high) of the middle `level` of the values."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
