"""The pointing game: does the attention of a word peak on the thing that the word names?

After Zhang et al. 2016 ("Top-down neural attention by excitation backprop"), whose point may miss by a few pixels. Here
the point is the cell of the grid where alpha is largest. It hits by touch when any pixel of the cell belongs to the
thing, and in the middle when the pixel in the cell's middle does: the second is what one sees in a picture.
"""

from typing import NamedTuple

import numpy as np

from minisat.vision import CellGrid


class PointingGame(NamedTuple):
    """The outcome. A score says little without its chance, what an attention that ignores the photo would get."""

    hits: int             # counted words whose cell touches a thing that they name
    counted: int          # words that name something in their photo
    uncounted: int        # all other words: function words, relations, things that are not there
    chance: float         # expected share of hits if the cell were drawn at random
    middle_hits: int      # counted words whose cell has its middle on a thing that they name
    middle_chance: float  # expected share of these

    @property
    def score(self):
        """Hits / counted words; 0 when no word was counted."""
        return self.hits / self.counted if self.counted else 0.0

    @property
    def middle_score(self):
        """Hits in the middle / counted words; 0 when no word was counted."""
        return self.middle_hits / self.counted if self.counted else 0.0


def pointing_game(captions, alphas, named, grid=None):
    """Play it over many photos.

    captions: per photo its list of words. alphas: per photo (T, L), T at least the number of words (END's row
    is ignored). named(photo, word) → the masks, bool (height, width), of all things in that photo which the
    noun or colour word may denote: an empty list for any other word. grid: where the L cells lie (CellGrid), default
    an even square.

    Counted are the words that name at least one thing that is there; each counts once per mention. A hit is a
    cell of which at least one pixel belongs to any of these things ("a red ball and a red box": "red" may mean
    either), a hit in the middle one whose middle does. Not counted: words that name nothing there (a wrong word has no
    right place; BLEU sees those). Masks cover the photo as the network saw it. Ties in alpha go to the first cell.
    """
    outcomes, uncounted = [], 0  # per counted word: touched, its chance, in the middle, its chance
    for photo, (words, alpha) in enumerate(zip(captions, alphas)):
        cells = grid or CellGrid.square(alpha.shape[1])
        for word, weights in zip(words, alpha):
            masks = named(photo, word)
            if not len(masks):
                uncounted += 1
                continue
            mask, peak = np.any(masks, axis=0), np.argmax(weights)
            touched, centred = touched_cells(mask, cells), centred_cells(mask, cells)
            outcomes.append((touched[peak], touched.mean(), centred[peak], centred.mean()))
    hits, chance, middle_hits, middle_chance = np.sum(outcomes, axis=0) if outcomes else np.zeros(4)
    counted = len(outcomes)
    return PointingGame(int(hits), counted, uncounted, float(chance) / max(counted, 1),
                        int(middle_hits), float(middle_chance) / max(counted, 1))


def touched_cells(mask, grid):
    """Which cells of `grid` (CellGrid) over `mask` (height, width) hold a pixel of it: bool (L,)."""
    touched = np.zeros(grid.shape, dtype=bool)
    y, x = np.nonzero(mask)
    touched[grid.down.holding(mask.shape[0])[y], grid.across.holding(mask.shape[1])[x]] = True
    return touched.ravel()


def centred_cells(mask, grid):
    """Which cells of `grid` (CellGrid) over `mask` (height, width) have a pixel of it in their middle: bool (L,)."""
    height, width = mask.shape
    return mask[np.ix_(grid.down.pixels(height), grid.across.pixels(width))].ravel()


def cell_shares(mask, grid):
    """What share of the pixels of each cell of `grid` (CellGrid) over `mask` (height, width) is set: float64 (L,).

    A pixel belongs to the cell that it is nearest to.
    """
    down, across = (np.eye(cells.count)[cells.holding(size)] for cells, size in zip(grid, mask.shape))
    pixels = np.outer(down.sum(axis=0), across.sum(axis=0))
    return (down.T @ mask @ across / np.maximum(pixels, 1)).ravel()
