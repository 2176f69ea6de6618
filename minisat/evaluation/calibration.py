"""Is p to be believed? Of the words that were given p = 0.7, seven in ten should be right.

The expected calibration error (ECE) of Naeini et al. 2015, with the equal bins of Guo et al. 2017: words are put into
bins by p, and in each bin the mean of p is held against the share that is right. Of the next word, as Kumar and
Sarawagi 2019 have it: after the beginning of a person's caption, is the likeliest word the one that the person wrote?
"""

import numpy as np

BINS = 15
DRAWS, SEED = 1000, 0


def calibration(photos, p, right, bins=BINS):
    """How well p (words,) fits whether each word was right (words,), with intervals over the words' `photos` (words,).

    Returns a dict ready for JSON: `words`, `mean_p`, `right` (share), `ece` and its `interval` (95 %, bootstrap over
    photos), and `bins`: of each bin with words in it `low`, `high`, `words`, `mean_p`, `right` and its `interval`.
    """
    p, right = np.asarray(p, np.float64), np.asarray(right, np.float64)
    _, photos = np.unique(np.asarray(photos), return_inverse=True)
    place = np.clip((p * bins).astype(int), 0, bins - 1)
    sums = np.zeros((photos.max() + 1, bins, 3))   # words, Σ p, right ones, of each photo
    for column, values in enumerate((np.ones(len(p)), p, right)):
        np.add.at(sums, (photos, place, column), values)
    whole = sums.sum(axis=0)
    rng = np.random.default_rng(SEED)
    times = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), DRAWS)     # how often each photo is drawn
    drawn = (times @ sums.reshape(len(sums), -1)).reshape(-1, bins, 3)
    with np.errstate(invalid="ignore"):
        shares = drawn[:, :, 2] / drawn[:, :, 0]

    def entry(b):
        words, total, good = whole[b]
        return {"low": b / bins, "high": (b + 1) / bins, "words": int(words), "mean_p": total / words,
                "right": good / words, "interval": _middle(shares[np.isfinite(shares[:, b]), b])}
    return {"words": len(p), "mean_p": float(p.mean()), "right": float(right.mean()), "ece": float(_ece(whole)),
            "interval": _middle(_ece(drawn)), "bins": [entry(b) for b in range(bins) if whole[b, 0]]}


def _ece(sums):
    """(…, bins, 3) words, Σ p, right → Σ over bins of their share × |mean p − share that is right|."""
    return np.abs(sums[..., 1] - sums[..., 2]).sum(axis=-1) / sums[..., 0].sum(axis=-1)


def _middle(values):
    return [float(value) for value in np.percentile(values, [2.5, 97.5])]
