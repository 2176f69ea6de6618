"""The toy world's picture as one word saw it: bright where attention is, dark elsewhere."""

import numpy as np

from minisat.teaching.mosaic import mosaic

_BARE, _SHADE = 0.94, 0.15  # the background's grey without its grain; what is left of the light where nobody looks


def spotlight(axis, scene, alpha=None, largest=None):
    """Draw a toy_world.Scene on `axis`, with the look `alpha` (L,) over a square grid of places, or as it is.

    The brightest place has alpha = `largest`, the look's own highest unless it is given, for looks to be compared.
    """
    seen = np.any([thing.mask for thing in scene.things], axis=0)
    picture = np.where(seen[:, :, None], scene.image / 255, _BARE)
    if alpha is not None:
        side = round(len(alpha) ** 0.5)
        place = np.arange(len(picture)) * side // len(picture)  # of each row of pixels, and of each column
        light = np.clip(alpha / (alpha.max() if largest is None else largest), 0, 1).reshape(side, side)
        picture = picture * (_SHADE + (1 - _SHADE) * light[place][:, place, None])
    mosaic(axis, picture)
