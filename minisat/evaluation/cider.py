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
        counted = [[ngrams(reference) for reference in of_photo] for of_photo in references]
        photos_with = Counter(ngram for of_photo in counted for ngram in set().union(*of_photo))
        self._rarity = {ngram: math.log(len(references)) - math.log(n) for ngram, n in photos_with.items()}
        self._unseen = math.log(len(references))
        self._references = [[self._vector(counts) for counts in of_photo] for of_photo in counted]

    def _vector(self, counts):
        weights = {ngram: count * self._rarity.get(ngram, self._unseen) for ngram, count in counts.items()}
        squares = [0.0] * ORDERS
        for ngram, weight in weights.items():
            squares[len(ngram) - 1] += weight * weight
        length = sum(count for ngram, count in counts.items() if len(ngram) == 2)
        return _Vector(weights, [math.sqrt(square) for square in squares], length)

    def score(self, hypothesis, photo):
        """(cider, cider_d) of the tokens of a caption for the photo with the index `photo`."""
        ours = self._vector(ngrams(hypothesis))
        references = self._references[photo]
        plain = clipped = 0.0
        for theirs in references:
            dots, clipped_dots = [0.0] * ORDERS, [0.0] * ORDERS
            for ngram, weight in ours.weights.items():
                if other := theirs.weights.get(ngram):
                    dots[len(ngram) - 1] += weight * other
                    clipped_dots[len(ngram) - 1] += min(weight, other) * other
            penalty = math.exp(-(ours.length - theirs.length) ** 2 / (2 * SIGMA**2))
            plain += _cosines(dots, ours.norms, theirs.norms)
            clipped += _cosines(clipped_dots, ours.norms, theirs.norms) * penalty
        scale = 10.0 / (ORDERS * len(references))
        return plain * scale, clipped * scale


def _cosines(dots, norms, other_norms):
    """The sum over the orders of dot / (norm · norm), 0 where a caption has nothing of an order."""
    return sum(dot / (a * b) for dot, a, b in zip(dots, norms, other_norms) if a and b)
