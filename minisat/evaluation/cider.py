"""CIDEr and CIDEr-D: the likeness of n-grams weighted by how telling they are (Vedantam et al. 2015), on 0..10.

A caption becomes one vector for each n = 1..4: term frequency times log(photos / photos with that n-gram in a
reference). Its score is the cosine with each reference's vector, averaged over references and over n, times 10.

* `cider` is the paper's equation 1 to 3;
* `cider_d`, what coco-caption prints as "CIDEr", clips each weight of the caption at the reference's (so that repeating
  a word does not pay) and multiplies by exp(-(difference of lengths)² / 2σ²), σ = 6.

Rare and frequent are counted in the references of the photos that are scored, so a score belongs to its set of photos,
and of one photo alone both are 0 (log 1). Lengths are those of coco-caption: bigrams.
"""

import math
from collections import Counter
from typing import NamedTuple

from minisat.evaluation.bleu import ORDERS, ngrams

SIGMA = 6.0


class _Vector(NamedTuple):
    weights: dict   # {n-gram: term frequency × inverse document frequency}, all orders
    norms: list     # of the orders 1..4
    length: int     # bigrams


class Cider:
    """The scorer of a set of photos: `references` holds for each photo its list of token lists.

    ValueError without photos or for a photo without references.
    """

    def __init__(self, references):
        if not references or not all(references):
            raise ValueError("CIDEr needs photos, each with at least one reference")
        photos_with = Counter(ngram for of_photo in references for ngram in set().union(*map(ngrams, of_photo)))
        self._rarity = {ngram: math.log(len(references)) - math.log(n) for ngram, n in photos_with.items()}
        self._unseen = math.log(len(references))
        self._references, self._made = references, {}

    def _vectors(self, photo):
        """The vectors of a photo's references, made when they are first asked for: of thousands few may ever be."""
        if photo not in self._made:
            self._made[photo] = [self._vector(ngrams(reference)) for reference in self._references[photo]]
        return self._made[photo]

    def _vector(self, counts):
        weights = {ngram: count * self._rarity.get(ngram, self._unseen) for ngram, count in counts.items()}
        squares = [0.0] * ORDERS
        for ngram, weight in weights.items():
            squares[len(ngram) - 1] += weight * weight
        length = sum(count for ngram, count in counts.items() if len(ngram) == 2)
        return _Vector(weights, [math.sqrt(square) for square in squares], length)

    def score(self, hypothesis, photo):
        """(cider, cider_d) of the tokens of a caption for the photo with the index `photo`: means over references."""
        likeness = self.likeness(hypothesis, photo)
        return tuple(sum(column) / len(likeness) for column in zip(*likeness))

    def likeness(self, hypothesis, photo):
        """The same with each reference of that photo alone: a list of (cider, cider_d)."""
        ours = self._vector(ngrams(hypothesis))
        return [_likeness(ours, theirs) for theirs in self._vectors(photo)]


def _likeness(ours, theirs):
    """(cider, cider_d) of two vectors, on 0..10."""
    dots, clipped_dots = [0.0] * ORDERS, [0.0] * ORDERS
    for ngram, weight in ours.weights.items():
        if other := theirs.weights.get(ngram):
            dots[len(ngram) - 1] += weight * other
            clipped_dots[len(ngram) - 1] += min(weight, other) * other
    penalty = math.exp(-(ours.length - theirs.length) ** 2 / (2 * SIGMA**2))
    scale = 10.0 / ORDERS
    return (scale * _cosines(dots, ours.norms, theirs.norms),
            scale * penalty * _cosines(clipped_dots, ours.norms, theirs.norms))


def _cosines(dots, norms, other_norms):
    """The sum over the orders of dot / (norm · norm), 0 where a caption has nothing of an order."""
    return sum(dot / (a * b) for dot, a, b in zip(dots, norms, other_norms) if a and b)
