"""log p(caption | photo) of every photo with every caption, by nothing but the captioners' decoding protocol.

Captions that begin alike share their steps: word by word the captioner runs once for each different beginning, of some
photos and captions at a time.
"""

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.text import END, START

ROWS = 512       # rows of a decoding step, about
CAPTIONS = 256   # captions that run together


def log_likelihoods(model, inputs, captions, report=None):
    """The matrix (N, K) float64 of Σ_t log p(word t), `<end>` included, in nats.

    inputs (N, ...) is what `model.start` takes; captions, K lists of word ids without `<start>` and `<end>`.
    `report(done)` hears how many of the N × K pairs are done.
    """
    totals = np.zeros((len(inputs), len(captions)))
    order = sorted(range(len(captions)), key=lambda k: captions[k])  # like beginnings side by side
    done = 0
    for first in range(0, len(order), CAPTIONS):
        chosen = order[first:first + CAPTIONS]
        levels = _levels([captions[k] for k in chosen])
        photos = max(1, ROWS // max(len(level.words) for level in levels))
        for start in range(0, len(inputs), photos):
            rows = slice(start, start + photos)
            totals[rows, chosen] = _of_some(model, inputs[rows], levels, len(chosen))
            done += totals[rows, chosen].size
            if report:
                report(done)
    return totals


class _Level:
    """The different beginnings of t words of some captions (t = 0, 1, …), and the words asked for after them."""

    def __init__(self):
        self.words, self.parents = [], []       # of each beginning: its last word; the one of t - 1 words it continues
        self.captions, self.places, self.asked = [], [], []  # of each caption that has a word t: number, beginning, word


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


def _of_some(model, inputs, levels, captions):
    """(n, captions): the log-likelihoods of a few photos; the rows of a step are one photo's beginnings side by side."""
    xp, n = get_array_module(inputs), len(inputs)
    totals = np.zeros((n, captions))
    state, before = model.start(inputs), 1
    for level in levels:
        rows = np.arange(n)[:, None] * before + np.array(level.parents)
        state = model.select(state, xp.asarray(rows.ravel()))
        log_probs, state, *_ = model.step(state, xp.asarray(np.tile(level.words, n)))
        before = len(level.words)
        rows = np.arange(n)[:, None] * before + np.array(level.places)
        totals[:, level.captions] += to_numpy(log_probs[xp.asarray(rows), xp.asarray(np.array(level.asked))])
    return totals
