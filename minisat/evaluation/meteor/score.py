"""METEOR 1.5 (Denkowski and Lavie 2014): from alignments to scores, of captions and of a corpus.

Precision P and recall R count words weighted by their module and by whether they carry content; F leans towards recall,
and matches that are scattered over many chunks are worth less:

    F = 1 / ((1 - α) / P + α / R),    score = F (1 - γ (chunks / matched words)^β)

Of several references the best-scoring one counts. The score of a corpus is that of its summed statistics.
"""

import numpy as np

from minisat.evaluation.meteor.alignment import align
from minisat.evaluation.meteor.matches import WEIGHTS, Matcher
from minisat.evaluation.meteor.words import words

ALPHA, BETA, GAMMA, DELTA = 0.85, 0.2, 0.6, 0.75  # English, task "rank"


class Meteor:
    """Scores captions by `resources` (Resources).

    `sentences`: all captions and references that will be scored, token lists; the paraphrase table is searched for
    them once.
    """

    def __init__(self, resources, sentences):
        self.key = resources.key
        self.resources = resources
        self._words = {}
        self._matcher = Matcher(resources, [self._read(tokens) for tokens in sentences])

    def _read(self, tokens):
        text = " ".join(tokens)
        if text not in self._words:
            self._words[text] = words(text, self.resources.abbreviations)
        return self._words[text]

    def row(self, hypothesis, references):
        """The statistics (7,) float64 of a caption and the reference that suits it best; both token lists.

        Weighted length, weighted matches and matched words of the caption, the same of the reference, chunks.
        ValueError without references.
        """
        if not references:
            raise ValueError("a caption needs at least one reference")
        rows = np.stack([self._pair(self._read(hypothesis), self._read(reference)) for reference in references])
        return rows[np.argmax(meteor_of_rows(rows))]

    def _pair(self, caption, reference):
        matches, chunks = align(self._matcher.candidates(caption, reference))
        caption_values = [self._value(word) for word in caption]
        reference_values = [self._value(word) for word in reference]
        matched_caption = sum(match.from_length for match in matches)
        matched_reference = sum(match.length for match in matches)
        if chunks == 1 and matched_caption == len(caption) and matched_reference == len(reference):
            chunks = 0  # all of it in one piece: no penalty
        return np.array([
            sum(caption_values),
            sum(WEIGHTS[m.module] * sum(caption_values[m.from_:m.from_ + m.from_length]) for m in matches),
            matched_caption,
            sum(reference_values),
            sum(WEIGHTS[m.module] * sum(reference_values[m.start:m.start + m.length]) for m in matches),
            matched_reference, chunks])

    def _value(self, word):
        return 1 - DELTA if word in self.resources.function_words else DELTA


def meteor_of_rows(rows):
    """rows (…, 7), each as `Meteor.row` gives it or a sum of such → scores (…,), 0..1."""
    length, matches, matched, other_length, other_matches, other_matched, chunks = np.moveaxis(rows, -1, 0)
    precision = matches / np.where(length, length, 1)
    recall = other_matches / np.where(other_length, other_length, 1)
    nothing = (precision == 0) | (recall == 0)
    precision, recall = np.where(nothing, 1, precision), np.where(nothing, 1, recall)
    f_mean = 1 / ((1 - ALPHA) / precision + ALPHA / recall)
    fragmentation = chunks / np.maximum((matched + other_matched) / 2, 1)
    return np.where(nothing, 0, f_mean * (1 - GAMMA * fragmentation**BETA))
