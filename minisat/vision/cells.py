"""Where the cells of a grid lie in the photo: not where an even division draws them, but round what they have seen.

Pixels are counted by their middles: the first pixel's is 0, and a photo of `size` pixels goes from −0.5 to size − 0.5.
"""

from math import isqrt
from typing import NamedTuple

import numpy as np

from minisat.nn import Branches, Residual, Sequential
from minisat.nn.fast.inference import FastResidual
from minisat.nn.windows import output_size


class Cells(NamedTuple):
    """The cells of a grid along one side of a photo: cell i lies round pixel middle + i · pitch."""

    count: int     # of cells
    middle: float  # of the first one, in pixels
    pitch: float   # pixels from one cell to the next
    size: int      # pixels of that side

    @classmethod
    def even(cls, count, size=1):
        """`count` equal parts of the side: what there is to draw when nobody knows what the cells have seen."""
        return cls(count, (size / count - 1) / 2, size / count, size)

    def behind(self, kernel, stride, padding, ceil_mode=False):
        """The cells behind a layer of windows over these cells.

        A window's middle lies (kernel − 1) / 2 − padding cells behind its number: between two cells for an even kernel.
        """
        count = output_size(self.count, kernel, stride, padding, ceil_mode)
        offset = (kernel - 1) / 2 - padding
        return Cells(count, self.middle + offset * self.pitch, stride * self.pitch, self.size)

    def middles(self):
        """The middles of all cells in pixels, float64 (count,)."""
        return self.middle + self.pitch * np.arange(self.count)

    def position(self, pixels):
        """Where the middles of `pixels` equal parts of the side lie, counted in cells from 0: float64 (pixels,).

        For `pixels` = size these are the pixels themselves; a photo drawn larger or smaller has the same cells.
        """
        return ((np.arange(pixels) + 0.5) * self.size / pixels - 0.5 - self.middle) / self.pitch

    def pixels(self, pixels):
        """In which of `pixels` equal parts of the side each cell's middle lies: int (count,).

        A middle beyond the photo, of a cell that saw mostly padding, is brought to its border.
        """
        parts = np.floor((self.middles() + 0.5) * pixels / self.size + 1e-9).astype(int)
        return np.clip(parts, 0, pixels - 1)

    def holding(self, pixels):
        """Which cell is nearest to where each of `pixels` equal parts of the side begins: int (pixels,)."""
        begins = (np.arange(pixels) * self.size / pixels - 0.5 - self.middle) / self.pitch
        return np.clip(np.floor(begins + 0.5 + 1e-9).astype(int), 0, self.count - 1)


class CellGrid(NamedTuple):
    """The cells of a grid, numbered row by row: its rows of cells down the photo, its columns across."""

    down: Cells
    across: Cells

    @classmethod
    def even(cls, rows, columns, height=1, width=1):
        """Rows and columns that divide a photo of height × width pixels into equal parts."""
        return cls(Cells.even(rows, height), Cells.even(columns, width))

    @classmethod
    def square(cls, L):
        """An even grid of L cells, as many rows as columns. ValueError when L is no square."""
        side = isqrt(L)
        if side * side != L:
            raise ValueError(f"{L} cells are no square grid: give its rows and columns")
        return cls.even(side, side)

    @property
    def shape(self):
        """(rows, columns)."""
        return self.down.count, self.across.count

    @property
    def L(self):
        """How many cells."""
        return self.down.count * self.across.count


def cells_behind(layer, grid):
    """The CellGrid behind `layer` (a Module), whose input map has the cells `grid`.

    Layers with a `kernel` move and thin out the cells, others work place by place. Branches, and a body with its
    shortcut, must agree. ValueError where they do not, or for a layer of a kind whose insides are not known here.
    """
    if hasattr(layer, "kernel"):
        ways = zip(grid, layer.kernel, layer.stride, layer.padding)
        return CellGrid(*(cells.behind(*way, getattr(layer, "ceil_mode", False)) for cells, *way in ways))
    if isinstance(layer, Sequential):
        for inner in layer.layers:
            grid = cells_behind(inner, grid)
        return grid
    if isinstance(layer, Branches):
        found = [cells_behind(branch, grid) for branch in layer.branches]
    elif isinstance(layer, (Residual, FastResidual)):
        found = [cells_behind(layer.body, grid), cells_behind(layer.shortcut, grid) if layer.shortcut else grid]
    elif list(layer.named_modules()):
        raise ValueError(f"where the cells behind a {type(layer).__name__} lie is not known")
    else:
        return grid
    if len(set(found)) > 1:
        raise ValueError(f"the ways through a {type(layer).__name__} see round different places: {found}")
    return found[0]
