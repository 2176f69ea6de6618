"""A set of captioned photos as sums: every score of a corpus is a function of its photos' summed statistics.

That is what makes bootstrap intervals and paired tests cheap: drawing photos anew only adds up rows again.
"""

from typing import Any, NamedTuple

import numpy as np

from minisat.evaluation.bleu import ORDERS, bleu_of_rows, count
from minisat.evaluation.cider import Cider
from minisat.evaluation.meteor import OWN, Meteor, meteor_of_rows
from minisat.evaluation.rouge import rouge_l


class Family(NamedTuple):
    """Scores that are made from the same statistics."""

    keys: tuple
    rows: np.ndarray  # (photos, K) float64, one photo's statistics each
    of_sums: Any      # (sums (…, K), photos in each sum) → (…, len(keys))


class References:
    """The references of a set of photos, {image: list of token lists}, made ready to score captions against.

    `captions` are all the token lists that will be scored and `resources` say which METEOR (`find_resources`), as it
    searches its paraphrase table once for all sentences; or give a `meteor` (Meteor) that has done so.
    """

    def __init__(self, references, captions=(), resources=OWN, meteor=None):
        self.images = list(references)
        self.references = [references[image] for image in self.images]
        self._cider = Cider(self.references)
        self._meteor = meteor or Meteor(resources, [*captions, *(words for own in self.references for words in own)])

    def families(self, hypotheses):
        """The Families of captions {image: tokens} (of exactly these images): BLEU, ROUGE-L, CIDEr, METEOR."""
        pairs = [(hypotheses[image], references) for image, references in zip(self.images, self.references)]
        return [
            Family(BLEU_KEYS, np.stack([count(*pair).row() for pair in pairs]), _bleu),
            Family(("rouge_l",), np.array([[rouge_l(*pair)] for pair in pairs]), _mean),
            Family(("cider", "cider_d"), np.array([self._cider.score(h, i) for i, (h, _) in enumerate(pairs)]), _mean),
            Family((self._meteor.key,), np.stack([self._meteor.row(*pair) for pair in pairs]), _meteor),
        ]


BLEU_KEYS = tuple(f"bleu_{n}{reading}" for reading in ("", "_plain", "_no_bp") for n in range(1, ORDERS + 1))


def corpus_scores(families):
    """{key: score} of all photos together."""
    return _named(families, lambda family: family.of_sums(family.rows.sum(axis=0), len(family.rows)))


def photo_scores(families):
    """{key: (photos,) scores} of each photo on its own."""
    return _named(families, lambda family: family.of_sums(family.rows, 1).T, array=True)


def drawn_scores(families, times):
    """{key: (draws,) scores} of corpora in which photo i occurs `times[draw, i]` times: (draws, photos) numbers."""
    return _named(families, lambda family: family.of_sums(times @ family.rows, times.sum(axis=1)).T, array=True)


def _named(families, scores, array=False):
    return {key: value if array else float(value) for family in families
            for key, value in zip(family.keys, scores(family))}


def _bleu(sums, photos):
    return np.concatenate(bleu_of_rows(sums), axis=-1)


def _mean(sums, photos):
    return sums / np.asarray(photos, np.float64)[..., None]


def _meteor(sums, photos):
    return meteor_of_rows(sums)[..., None]
