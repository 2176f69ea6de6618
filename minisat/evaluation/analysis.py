"""Error analysis: words that no reference has, what was said in place of what, and where each kind of word looked."""

import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from minisat.evaluation.looks import entropies, shares
from minisat.evaluation.word_classes import CLASS_OF, CLASSES, meanings
from minisat.text import FUNCTION_WORDS


class Confusion(NamedTuple):
    """The captions of `images` say `said`, which no reference of theirs does, and not `meant`, on which these agree."""

    name: str    # the class of words
    said: str
    meant: str
    images: list


def confusions(captions, references):
    """All Confusions, most frequent first. captions {image: words}, references {image: lists of words}.

    References agree on a meaning when half of them have it, and at least two where there are two.
    """
    found = defaultdict(list)
    for image, words in captions.items():
        for name in CLASSES:
            said, theirs = meanings(words, name), [meanings(reference, name) for reference in references[image]]
            needed = max(math.ceil(len(theirs) / 2), min(2, len(theirs)))
            somebody = set().union(*theirs)
            agreed = {word for word in somebody if sum(word in own for own in theirs) >= needed}
            for wrong in said - somebody:
                for meant in agreed - said:
                    found[name, wrong, meant].append(image)
    return sorted((Confusion(*key, images) for key, images in found.items()),
                  key=lambda one: (-len(one.images), one[:3]))


def unsupported(captions, references):
    """{class: (said, in no reference)}: how many meanings captions name, and how many of them no reference has."""
    counts = {}
    for name in CLASSES:
        said = wrong = 0
        for image, words in captions.items():
            own = meanings(words, name)
            said += len(own)
            wrong += len(own - set().union(*(meanings(reference, name) for reference in references[image])))
        counts[name] = (said, wrong)
    return counts


def attention_by_class(captions):
    """Where words of each class looked: {class: {"words", "entropy", "peak", "beta"}}, means over the words.

    captions: (words, alphas (T, L), betas (T,) or None) of each photo, T at least the number of words; those whose
    alphas are None are passed over. Entropy in nats (log L when all locations count alike), peak the largest α, beta
    the gate (None without one); with a sentinel α is the look at the photo alone, beta its share, and words that do not
    look there count in beta only (entropy and peak are None where no word does). Classes are those of
    `word_classes`, then "function" and "other".
    """
    rows = defaultdict(list)
    for words, alphas, betas in captions:
        if alphas is None:
            continue
        for t, word in enumerate(words):
            alpha = shares(alphas[t])  # zeros where a sentinel has everything
            look = {"entropy": float(entropies(alpha)), "peak": float(alpha.max())} if alpha.any() else {}
            if betas is not None:
                look["beta"] = float(betas[t])
            rows[CLASS_OF.get(word) or ("function" if word in FUNCTION_WORDS else "other")].append(look)
    result = {}
    for name in (*CLASSES, "other", "function"):
        if name in rows:
            result[name] = {"words": len(rows[name])}
            for what in ("entropy", "peak", "beta"):
                found = [look[what] for look in rows[name] if what in look]
                result[name][what] = float(np.mean(found)) if found else None
    return result


def places_looked_at(alphas):
    """exp(mean entropy) of alphas (T, L): as many locations, looked at alike, would be as spread out. 1 to L.

    Words that do not look at the photo at all (a sentinel has everything) do not count; 0 where none does.
    """
    looking = np.any(alphas, axis=1)
    return float(np.exp(entropies(alphas)[looking].mean())) if looking.any() else 0.0
