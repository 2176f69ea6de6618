"""Retrieval both ways: which photo does a caption describe, and which caption describes a photo (Hodosh et al. 2013).

A matrix of similarities is ranked by rows and by columns; a captioner's similarity is log p(caption | photo), as in
Show and Tell (Vinyals et al. 2015, section 4.3.5). What is sought must beat the others strictly: it ranks behind all
that are as similar, so that a captioner which ignores the photo gains nothing by ties.
"""

from typing import NamedTuple

import numpy as np


class Ranks(NamedTuple):
    """1-based ranks of what was sought, one a query, and what papers report of them."""

    ranks: np.ndarray  # (queries,) int

    def recall(self, k):
        """The share of queries whose answer is among the first k."""
        return float((self.ranks <= k).mean())

    @property
    def median(self):
        """The ordinary median."""
        return float(np.median(self.ranks))

    @property
    def median_karpathy(self):
        """Karpathy's median: floor(median of the ranks counted from 0) + 1."""
        return int(np.floor(np.median(self.ranks - 1))) + 1

    def to_dict(self):
        """r1, r5, r10 (shares), median_rank, median_rank_karpathy and mean_rank, ready for JSON."""
        return {**{f"r{k}": self.recall(k) for k in (1, 5, 10)}, "median_rank": self.median,
                "median_rank_karpathy": self.median_karpathy, "mean_rank": float(self.ranks.mean())}


def image_search(similarity, owners):
    """The Ranks of the right photo, one query a caption.

    similarity (photos, captions), the higher the more alike; owners (captions,), the photo that each belongs to.
    """
    own = similarity[owners, np.arange(similarity.shape[1])]
    return Ranks((similarity >= own).sum(axis=0))  # itself included


def annotation(similarity, owners):
    """The Ranks of a photo's best-ranked own caption among all captions, one query a photo. Arguments as above.

    Each photo needs a caption.
    """
    theirs = owners == np.arange(similarity.shape[0])[:, None]
    best = np.where(theirs, similarity, -np.inf).max(axis=1, keepdims=True)
    return Ranks(((similarity >= best) & ~theirs).sum(axis=1) + 1)


def per_prior(log_likelihoods):
    """log p(caption | photo) − log p(caption): what a photo adds to a caption's likelihood (Mao et al. 2015, m-RNN).

    log_likelihoods (photos, captions) → the same shape; p(caption) is its mean over the photos. Without it short and
    common captions win with every photo. It changes annotation alone: to a caption's own ranking it is a constant.
    """
    highest = log_likelihoods.max(axis=0)
    return log_likelihoods - highest - np.log(np.exp(log_likelihoods - highest).mean(axis=0))
