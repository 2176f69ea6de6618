"""log p(caption | photo) of every photo with every caption, by nothing but the captioners' decoding protocol.

Captions that begin alike share their steps: word by word the captioner runs once for each different beginning, of some
photos and captions at a time.
"""

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.text import END, START

CAPTIONS = 256   # captions that run together


def log_likelihoods(model, inputs, captions, rows=512):
    """The matrix (N, K) float64 of Σ_t log p(word t), `<end>` included, in nats.

    inputs (N, ...) is what `model.start` takes: all N photos are held at once, so give a few at a time. captions: K
    lists of word ids without `<start>` and `<end>`. `rows`: of a decoding step, about.
    """
    xp, state = get_array_module(inputs), model.start(inputs)
    totals = np.zeros((len(inputs), len(captions)))
    order = sorted(range(len(captions)), key=lambda k: captions[k])  # like beginnings side by side
    for first in range(0, len(order), CAPTIONS):
        chosen = order[first:first + CAPTIONS]
        levels = _levels([captions[k] for k in chosen])
        together = max(1, rows // max(len(level.words) for level in levels))
        for start in range(0, len(inputs), together):
            photos = np.arange(start, min(start + together, len(inputs)))
            totals[photos[:, None], chosen] = _of_some(model, xp, state, photos, levels, len(chosen))
    return totals


class _Level:
    """The different beginnings of t words of some captions (t = 0, 1, …), and the words asked for after them."""

    def __init__(self):
        # Of each beginning its last word, and the beginning of t - 1 words that it continues.
        self.words, self.parents = [], []
        # Of each caption with a word t its number, its beginning, that word.
        self.captions, self.places, self.asked = [], [], []


def _levels(captions):
    """The tree of the captions' beginnings, a _Level for each length."""
    levels = [_Level() for _ in range(max(map(len, captions)) + 1)]
    found = {}
    for number, caption in enumerate(captions):
        parent = 0
        for t, (word, asked) in enumerate(zip([START, *caption], [*caption, END])):
            level, key = levels[t], (t, parent, word)
            if key not in found:
                found[key] = len(level.words)
                level.words.append(word)
                level.parents.append(parent)
            parent = found[key]
            level.captions.append(number)
            level.places.append(parent)
            level.asked.append(asked)
    return levels


def _of_some(model, xp, state, photos, levels, captions):
    """(n, captions): the log-likelihoods of n photos. The rows of a step: one photo's beginnings side by side."""
    n = len(photos)
    totals = np.zeros((n, captions))
    firsts = photos  # the row of each photo's first beginning
    for level in levels:
        state = model.select(state, xp.asarray((firsts[:, None] + np.array(level.parents)).ravel()))
        log_probs, state, *_ = model.step(state, xp.asarray(np.tile(level.words, n)))
        firsts = np.arange(n) * len(level.words)
        rows = firsts[:, None] + np.array(level.places)
        totals[:, level.captions] += to_numpy(log_probs[xp.asarray(rows), xp.asarray(np.array(level.asked))])
    return totals
