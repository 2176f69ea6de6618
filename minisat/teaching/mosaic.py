"""Small pictures in figures, as rectangles: sharp at any size, and no compressed bitmap that differs by machine."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from minisat.plots.svg import RULE
from minisat.teaching.showing import PALETTE


def mosaic(axis, picture, tones=16, largest=None):
    """Draw `picture` on `axis`, cell (row, column) at x = column, y = row (its middle), without ticks.

    (h, w, 3), 0..1: colours. (h, w): numbers, the page's colour at 0, blue above and orange below, full at `largest`
    (default: the largest size of any). Colour channels, and the sizes of numbers, are rounded to so many `tones`.
    """
    picture = np.asarray(picture, np.float64)
    if picture.ndim == 2:
        picture = signed_colours(picture, tones, largest)
    else:
        picture = np.floor(picture * (tones - 1) + 0.5) / (tones - 1)
    width = 0.25 if picture.shape[2] == 3 else 0  # an edge closes the seams, but where cells are clear it would show
    groups = {}
    for rectangle, colour in rectangles(picture):
        groups.setdefault(colour, []).append(rectangle)
    for colour, members in groups.items():
        corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)] for x, y, w, h in members]
        codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(members)
        path = Path(np.reshape(corners, (-1, 2)) - 0.5, codes)
        axis.add_patch(PathPatch(path, facecolor=colour, edgecolor=colour, linewidth=width))
    h, w = picture.shape[:2]
    axis.set(xlim=(-0.5, w - 0.5), ylim=(h - 0.5, -0.5), xticks=[], yticks=[], aspect="equal")
    axis.spines[:].set(visible=True, color=RULE)


def signed_colours(numbers, tones=16, largest=None):
    """numbers (h, w) → (h, w, 4): blue above 0 and orange below; clear at 0, full at `largest`, in so many `tones`."""
    largest = np.abs(numbers).max() if largest is None else largest
    strength = np.clip(np.abs(numbers) / (largest or 1), 0, 1)[:, :, None]
    strength = np.floor(strength * (tones - 1) + 0.5) / (tones - 1)
    colours = np.where((numbers > 0)[:, :, None], to_rgb(PALETTE[0]), to_rgb(PALETTE[1]))
    return np.concatenate([colours, strength], axis=2)


def rectangles(picture):
    """Yield ((x, y, width, height), entry): rectangles of equal entries (tuples) that cover picture (h, w, C) once."""
    left = np.ones(picture.shape[:2], bool)
    for y, x in np.ndindex(left.shape):
        if not left[y, x]:
            continue
        same = (picture == picture[y, x]).all(axis=2) & left
        w = x + 1
        while w < left.shape[1] and same[y, w]:
            w += 1
        h = y + 1
        while h < left.shape[0] and same[h, x:w].all():
            h += 1
        left[y:h, x:w] = False
        yield (x, y, w - x, h - y), tuple(picture[y, x].tolist())
