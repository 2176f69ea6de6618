"""The toy world's picture as one word saw it: bright where attention is, dark elsewhere."""

import numpy as np

from minisat.teaching.mosaic import mosaic
from minisat.vision import CellGrid

_BARE, _SHADE = 0.86, 0.22  # the background's grey without its grain; what is left of the light where nobody looks


def spotlight(axis, scene, alpha=None, largest=None, grid=None):
    """Draw a toy_world.Scene on `axis`, with the look `alpha` (L,) over the places of `grid`, or as it is.

    A place with alpha = `largest` keeps all its light: one number for a whole figure, so that its looks can be
    compared. Below the picture stands the look's own largest. `grid` says where the places lie (CellGrid); default an
    even square.
    """
    seen = np.any([thing.mask for thing in scene.things], axis=0)
    picture = np.where(seen[:, :, None], scene.image / 255, _BARE)
    if alpha is not None:
        grid = grid or CellGrid.square(len(alpha))
        rows, columns = grid.down.holding(picture.shape[0]), grid.across.holding(picture.shape[1])
        light = np.clip(alpha / largest, 0, 1).reshape(grid.shape)
        picture = picture * (_SHADE + (1 - _SHADE) * light[rows][:, columns, None])
        axis.set_xlabel(f"{alpha.max():.2f}", fontsize=8, labelpad=2)
    mosaic(axis, picture)
