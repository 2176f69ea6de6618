"""The picture as one word saw it."""

import numpy as np
import pytest

from minisat.data.toy_world import ToyWorld
from minisat.teaching import panels, spotlight
from minisat.vision import build

SCENE = ToyWorld(0).scenes("train", 1)[0]


def brightness(alpha, **options):
    """(64, 64): the picture's lightness under the look `alpha`, rasterised."""
    figure, axis = panels(size=(2, 2))
    spotlight(axis, SCENE, alpha, **options)
    canvas = np.zeros((64, 64))
    for patch in axis.patches:
        corners = patch.get_path().vertices.reshape(-1, 5, 2)[:, [0, 2]] + 0.5
        for (x0, y0), (x1, y1) in corners.astype(int):
            canvas[y0:y1, x0:x1] = np.mean(patch.get_facecolor()[:3])
    return canvas


def test_the_looked_at_place_alone_keeps_its_light():
    """One hot place among 25: bright there as in the bare picture, dark elsewhere."""
    bare, lit = brightness(None), brightness(np.eye(25)[7], largest=1)
    inside = np.zeros((64, 64), bool)
    inside[13:25, 26:38] = True  # row 1, column 2
    assert np.allclose(lit[inside], bare[inside])
    assert lit[39:, :].max() < 0.3 * bare[39:, :].max()


def test_the_light_falls_where_the_cell_lies():
    """Cell (3, 3) of the first toy CNN holds pixels 21 to 28, of an even grid 24 to 31."""
    lit = brightness(np.eye(64)[27], largest=1, grid=build("toy_cnn").cells()) / brightness(None)
    assert np.argwhere(lit > 0.9).min() == 21 and np.argwhere(lit > 0.9).max() == 28
    assert np.argwhere(brightness(np.eye(64)[27], largest=1) / brightness(None) > 0.9).tolist()[0] == [24, 24]


def test_looks_on_one_scale_can_be_compared():
    """Half of `largest` everywhere is dimmer than all of it, which leaves the picture as it is."""
    even = np.full(25, 0.04)
    assert brightness(even, largest=0.08).mean() < 0.7 * brightness(even, largest=0.04).mean()
    assert brightness(even, largest=0.04).mean() == pytest.approx(brightness(None).mean(), abs=1e-9)
    with pytest.raises(TypeError):
        brightness(even)  # no look is stretched to its own highest


def test_a_look_says_its_largest_share():
    """Below the picture; the bare picture says nothing."""
    _, (bare, looked) = panels(1, 2)
    spotlight(bare, SCENE)
    spotlight(looked, SCENE, np.array([0.4, 0.3, 0.2, 0.1]), largest=0.8)
    assert (bare.get_xlabel(), looked.get_xlabel()) == ("", "0.40")
