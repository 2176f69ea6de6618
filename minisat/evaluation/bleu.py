"""BLEU-1..4: how many of a caption's n-grams occur in a reference (Papineni et al. 2002).

Three readings of the same counts, because papers and tools differ:

* `smoothed`, what coco-caption prints and papers quote: every precision is (matches + 1e-15) / (total + 1e-9).
  With no matching 4-gram BLEU-4 is not 0 but tiny (some 5e-5 for one caption of ten words, less for a
  corpus); an order that cannot occur (a caption shorter than n) has the precision 1e-6;
* `plain`, the textbook's: 0 as soon as one precision is 0, an order that cannot occur included;
* `no_bp`, plain without the brevity penalty, as the tables of Show, Attend and Tell have it.

All take the closest reference length (ties to the shorter) and clip each n-gram at the most that one single
reference has of it. Captions are lists of tokens. Scores are on 0..1.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np

ORDERS = 4


class Counts(NamedTuple):
    """What BLEU is made of; the counts of a corpus are the sums of its captions' counts."""

    matches: tuple          # per order n = 1..4: n-grams of the hypothesis found in a reference, clipped
    totals: tuple           # per order: n-grams of the hypothesis
    hypothesis_length: int  # tokens
    reference_length: int   # tokens of the closest reference

    def row(self):
        """The ten numbers, (10,) float64: matches, totals, the two lengths."""
        return np.array([*self.matches, *self.totals, self.hypothesis_length, self.reference_length], np.float64)


class Bleu(NamedTuple):
    """BLEU-1..4 three times, on 0..1, and the counts behind them."""

    smoothed: tuple
    plain: tuple
    no_bp: tuple
    counts: Counts

    bleu_1 = property(lambda self: self.smoothed[0], doc="BLEU-1 as coco-caption has it")
    bleu_2 = property(lambda self: self.smoothed[1], doc="BLEU-2 as coco-caption has it")
    bleu_3 = property(lambda self: self.smoothed[2], doc="BLEU-3 as coco-caption has it")
    bleu_4 = property(lambda self: self.smoothed[3], doc="BLEU-4 as coco-caption has it")


def ngrams(tokens):
    """The n-grams of a caption, n = 1..4, with how often each occurs."""
    return Counter(tuple(tokens[i:i + n]) for n in range(1, ORDERS + 1) for i in range(len(tokens) - n + 1))


def count(hypothesis, references):
    """The Counts of one caption against its references (at least one). ValueError without any."""
    if not references:
        raise ValueError("a caption needs at least one reference")
    allowed = Counter()
    for reference in references:
        allowed |= ngrams(reference)  # | keeps the larger count
    matches = [0] * ORDERS
    for ngram, found in (ngrams(hypothesis) & allowed).items():  # & keeps the smaller
        matches[len(ngram) - 1] += found
    length = len(hypothesis)
    closest = min((abs(len(reference) - length), len(reference)) for reference in references)[1]
    return Counts(tuple(matches), tuple(max(length - n, 0) for n in range(ORDERS)), length, closest)


def add_counts(counts):
    """The Counts of a corpus from those of its captions."""
    counts = list(counts)
    return Counts(tuple(sum(c.matches[n] for c in counts) for n in range(ORDERS)),
                  tuple(sum(c.totals[n] for c in counts) for n in range(ORDERS)),
                  sum(c.hypothesis_length for c in counts), sum(c.reference_length for c in counts))


def bleu(counts):
    """The Bleu of `counts`, of one caption or of a corpus."""
    return Bleu(*(tuple(reading.tolist()) for reading in bleu_of_rows(counts.row())), counts)


def bleu_of_rows(rows):
    """rows (…, 10), each as `Counts.row` has it → BLEU-1..4 smoothed, plain and no_bp, each (…, 4).

    The geometric mean of the precisions of orders 1..n, times the brevity penalty exp(1 - r/c), at most 1.
    """
    matches, totals, hypothesis_length, reference_length = np.split(rows, (ORDERS, 2 * ORDERS, 2 * ORDERS + 1), axis=-1)
    ratio = (hypothesis_length + 1e-15) / (reference_length + 1e-9)
    smoothed = _geometric_means((matches + 1e-15) / (totals + 1e-9)) * np.exp(np.minimum(1 - 1 / ratio, 0))
    no_bp = _geometric_means(matches / np.maximum(totals, 1))
    penalty = np.exp(np.minimum(1 - reference_length / np.maximum(hypothesis_length, 1), 0))
    return smoothed, no_bp * np.where(hypothesis_length > 0, penalty, 0), no_bp


def corpus_bleu(hypotheses, references):
    """The Bleu of a corpus: one caption (a list of tokens) and its list of references per photo.

    ValueError when the two lists differ in length or are empty, or a caption has no reference.
    """
    if len(hypotheses) != len(references) or not hypotheses:
        raise ValueError(f"{len(hypotheses)} captions and {len(references)} lists of references: not as many, or none")
    return bleu(add_counts(count(h, r) for h, r in zip(hypotheses, references)))


def _geometric_means(precisions):
    """The geometric mean of the first 1, 2, 3, … of the last axis."""
    return np.cumprod(precisions, axis=-1) ** (1 / np.arange(1, ORDERS + 1))
