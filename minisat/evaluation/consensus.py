"""Consensus: of several captions of a photo, the one most like what people said of similar photos.

Devlin et al. 2015, "Exploring Nearest Neighbor Approaches for Image Captioning" (arXiv 1505.04467), choose a caption of
similar photos so; Mao et al. 2015 (m-RNN, arXiv 1412.6632, section 8) one of a captioner's own, as it is done here:

    score(c) = mean over r of CIDEr-D(c, r)  +  λ · Σ log p(c) / T

r runs over all captions of the k training photos that are nearest to the photo, by the cosine of their mean features
once the mean of all training photos is taken away: else what all photos share would make everything alike. How rare an
n-gram is is counted in the captions of the training photos.
"""

from typing import NamedTuple

import numpy as np

from minisat.evaluation.cider import Cider
from minisat.evaluation.yardsticks import unit


class Choice(NamedTuple):
    """How n captions of a photo were ranked by its k nearest training photos. All but `order` in the order in which
    they came."""

    order: np.ndarray   # (n,) the captions' indices, best first
    scores: np.ndarray  # (n,) what they were ranked by
    likeness: list      # k arrays (n, captions of that photo): CIDEr-D with each, 0..10


class Consensus:
    """What people said of K training photos, ready to be asked.

    `features` (K, D): the mean features of each; `captions`: for each its captions, a list of token lists. ValueError
    without photos, or for one without captions.
    """

    def __init__(self, features, captions):
        features = np.asarray(features, np.float32)
        self._middle = features.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._training = unit(features - self._middle)
        self._cider = Cider(captions)

    def nearest(self, features, count):
        """(rows, cosines), both (N, k): the `count` nearest training photos (or all, if fewer) of features (N, D).

        Nearest first; ties go to the earlier row.
        """
        cosines = unit(np.asarray(features, np.float32) - self._middle) @ self._training.T
        rows = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
        return rows, np.take_along_axis(cosines, rows, axis=1)

    def likeness(self, captions, row):
        """(n, R) float64: CIDEr-D, 0..10, of each of n captions (token lists) with each of training photo `row`."""
        return np.array([[clipped for _, clipped in self._cider.likeness(words, row)] for words in captions])

    def choose(self, captions, logprobs, rows, weight):
        """The Choice among n captions (token lists) by the training photos `rows` (k,).

        `logprobs` (n,): Σ log p / T of each, which count `weight` times. Equals stay in the order in which they came.
        """
        likeness = [self.likeness(captions, row) for row in rows]
        scores = np.hstack(likeness).mean(axis=1) + weight * np.asarray(logprobs, np.float64)
        return Choice(np.argsort(-scores, kind="stable"), scores, likeness)
