"""Scenes as pictures: things painted on a quiet background, and the pixels of each that can be seen."""

import numpy as np
from PIL import Image, ImageDraw

from minisat.data.toy_world.things import DRAWINGS, tones

_FINER = 3  # painted this much larger and reduced, for soft edges
BACKGROUNDS = ((206, 214, 222), (222, 216, 204), (208, 220, 208), (216, 208, 220))
_GRAIN = 5  # standard deviation of the background's grain, of 255


def draw_scene(things, size, rng):
    """(image, masks) of `things`, each with kind, colour, centre x and y and side in pixels; later ones in front.

    image (size, size, 3) uint8; masks (things, size, size) bool: the pixels in which each thing is seen.
    """
    canvas = Image.fromarray(_background(size, rng)).resize((size * _FINER, size * _FINER), Image.Resampling.NEAREST)
    masks = np.zeros((len(things), size, size), bool)
    for index, thing in enumerate(things):
        corner = thing.x - thing.side / 2, thing.y - thing.side / 2
        silhouette = Image.new("L", canvas.size)
        painters = (ImageDraw.Draw(canvas), tones(thing.colour)), (ImageDraw.Draw(silhouette), None)
        for shape, coordinates, tone in DRAWINGS[thing.kind]:
            points = [_FINER * (corner[i % 2] + thing.side * c) for i, c in enumerate(coordinates)]
            for draw, colours in painters:
                _paint(draw, shape, points, colours[tone] if colours else 255, _FINER * thing.side)
        covered = np.asarray(silhouette.reduce(_FINER)) >= 128
        masks[:index] &= ~covered
        masks[index] = covered
    return np.asarray(canvas.reduce(_FINER)), masks


def _paint(draw, shape, points, fill, side):
    """One shape of a drawing."""
    if shape == "polygon":
        draw.polygon(points, fill=fill)
    elif shape == "rectangle":
        draw.rectangle(points, fill=fill)
    elif shape == "ellipse":
        draw.ellipse(points, fill=fill)
    elif shape == "ring":
        draw.ellipse(points, outline=fill, width=max(1, round(.11 * side)))
    else:
        raise ValueError(f"no shape is called {shape!r}")


def _background(size, rng):
    """A pale tint, a little darker towards one side, with grain: (size, size, 3) uint8."""
    tint = np.array(BACKGROUNDS[rng.integers(len(BACKGROUNDS))], np.float32)
    slope = np.linspace(-1, 1, size, dtype=np.float32)
    dx, dy = rng.uniform(-12, 12, 2).astype(np.float32)
    light = dx * slope[None, :] + dy * slope[:, None] + _GRAIN * rng.standard_normal((size, size), np.float32)
    return np.clip(tint + light[:, :, None], 0, 255).astype(np.uint8)
