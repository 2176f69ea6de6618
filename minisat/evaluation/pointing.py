"""The pointing game: does the attention of a word peak on the thing that the word names?

After Zhang et al. 2016 ("Top-down neural attention by excitation backprop"), whose point may miss by a few
pixels: here the point is the whole cell of the grid where alpha is largest, the finest thing alpha can name.
"""

from typing import NamedTuple

import numpy as np


class PointingGame(NamedTuple):
    """The outcome. A score says little without `chance`, what an attention that ignores the photo would get."""

    hits: int      # counted words whose cell touches a thing that they name
    counted: int   # words that name something in their photo
    uncounted: int  # all other words: function words, relations, things that are not there
    chance: float  # expected share of hits if the cell were drawn at random

    @property
    def score(self):
        """Hits / counted words; 0 when no word was counted."""
        return self.hits / self.counted if self.counted else 0.0


def pointing_game(captions, alphas, named, grid=None):
    """Play it over many photos.

    captions: per photo its list of words. alphas: per photo (T, L), T at least the number of words (END's row
    is ignored). named(photo, word) → the masks, bool (height, width), of all things in that photo which the
    noun or colour word may denote: an empty list for any other word. grid: (rows, columns) of L, default square.

    Counted are the words that name at least one thing that is there; each counts once per mention. A hit is a
    cell of which at least one pixel belongs to any of these things ("a red ball and a red box": "red" may mean
    either). Not counted: words that name nothing there (a wrong word has no right place; BLEU sees those).
    Masks cover the photo as the network saw it. Ties in alpha go to the first cell.
    """
    hits, counted, uncounted, chance = 0, 0, 0, 0.0
    for photo, (words, alpha) in enumerate(zip(captions, alphas)):
        rows, columns = grid or (round(alpha.shape[1] ** 0.5),) * 2
        for word, weights in zip(words, alpha):
            masks = named(photo, word)
            if not len(masks):
                uncounted += 1
                continue
            touched = touched_cells(np.any(masks, axis=0), rows, columns)
            hits += bool(touched[np.argmax(weights)])
            counted += 1
            chance += touched.mean()
    return PointingGame(hits, counted, uncounted, chance / counted if counted else 0.0)


def touched_cells(mask, rows, columns):
    """Which cells of a grid over `mask` (height, width) hold a pixel of it: bool (rows * columns,), rows first."""
    touched = np.zeros((rows, columns), dtype=bool)
    y, x = np.nonzero(mask)
    touched[y * rows // mask.shape[0], x * columns // mask.shape[1]] = True
    return touched.ravel()
