"""The captions of a data set, made ready to learn from: words, vocabulary, batches, the dev set."""

import hashlib
import json
from typing import NamedTuple

from minisat.data import LengthBuckets
from minisat.errors import UserError
from minisat.text import Vocabulary, repair_spelling, tokenize
from minisat.training.self_critical import SelfCritical
from minisat.training.validation import DevSet


class Corpus(NamedTuple):
    """Photos of the splits train and dev that have captions, and the captions as words."""

    vocabulary: Vocabulary
    train: list          # Photos
    train_words: list    # one a photo: a list of token lists
    dev: list            # Photos; empty where the data set has no dev split
    dev_words: list
    left_out: int        # training captions without a word, or too long for the recipe's max_words
    fingerprint: str     # changes when any of these captions does

    @classmethod
    def build(cls, train, dev, recipe, vocabulary=None):
        """From lists of Photos. Words are counted in `train` only, unless a vocabulary is given (on resume).

        UserError when no training caption is left, or no word of them is frequent enough.
        """
        total = sum(len(photo.captions) for photo in train)
        train, train_words = _with_captions(train, [learned_words(photo, recipe) for photo in train])
        if not train:
            raise UserError("The data set has no captions to train on.")
        dev, dev_words = _with_captions(dev, [_some_words(photo, recipe) for photo in dev])
        if vocabulary is None:
            vocabulary = Vocabulary.build([words for captions in train_words for words in captions],
                                          recipe.min_count, recipe.max_vocabulary or None)
            if len(vocabulary) == len(Vocabulary.build([])):
                raise UserError(f"No word occurs {recipe.min_count} times in the training captions: "
                                "lower the recipe's min_count.")
        left_out = total - sum(len(captions) for captions in train_words)
        content = [[photo.name, list(photo.captions)] for photo in (*train, *dev)]
        fingerprint = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        return cls(vocabulary, train, train_words, dev, dev_words, left_out, fingerprint)

    def batches(self, rows, recipe):
        """What an epoch goes through, LengthBuckets of captions or photos for self-critical training.

        `rows[k]` is the input row of photo `train[k]`.
        """
        if recipe.objective == "self-critical":
            return SelfCritical(rows, self.train_words, self.vocabulary, recipe.batch_size, recipe.drawn_captions,
                                recipe.drawn_baseline, recipe.max_words)
        owners = [row for row, captions in zip(rows, self.train_words) for _ in captions]
        encoded = [self.vocabulary.encode(words) for captions in self.train_words for words in captions]
        return LengthBuckets(owners, encoded, recipe.batch_size, len(self.vocabulary), recipe.like_lengths)

    def dev_set(self, rows, batch_size):
        """The DevSet, or None without dev photos; `rows[k]` is the input row of photo `dev[k]`."""
        if not self.dev:
            return None
        return DevSet.build([photo.name for photo in self.dev], rows, self.dev_words, self.vocabulary, batch_size)


def caption_words(text, recipe):
    """The words of a caption as a run with this recipe reads them, a list; empty where nothing is left."""
    words = tokenize(text, recipe.tokenizer)
    return repair_spelling(words) if recipe.repair_spelling else words


def learned_words(photo, recipe):
    """The captions of a training photo that a run learns from, as lists of words: not empty, and not too long."""
    longest = recipe.max_words - 1  # <end> counts
    return [words for words in _some_words(photo, recipe) if len(words) <= longest]


def _some_words(photo, recipe):
    """The captions of a photo as lists of words, empty ones left out."""
    captions = [caption_words(text, recipe) for text in photo.captions]
    return [words for words in captions if words]


def _with_captions(photos, words):
    """The photos that have captions, and these."""
    kept = [(photo, captions) for photo, captions in zip(photos, words) if captions]
    return [photo for photo, _ in kept], [captions for _, captions in kept]
