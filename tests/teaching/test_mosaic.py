"""Pictures of rectangles in the lessons' figures."""

import numpy as np

from minisat.teaching import mosaic, panels, show
from minisat.teaching.mosaic import rectangles, signed_colours


def test_rectangles_cover_every_cell_once():
    """Each cell by one rectangle of its own entry, and equal cells beside each other by one together."""
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 2, (6, 5, 3)) * [1, 0, 0]
    covered = np.full(picture.shape, -1)
    for (x, y, w, h), entry in rectangles(picture):
        assert (covered[y:y + h, x:x + w] == -1).all()
        covered[y:y + h, x:x + w] = entry
    assert np.array_equal(covered, picture)
    assert list(rectangles(np.zeros((4, 7, 3)))) == [((0, 0, 7, 4), (0.0, 0.0, 0.0))]


def test_numbers_become_colours():
    """Clear at zero, whatever the page is; the largest size is full; blue above, orange below."""
    colours = signed_colours(np.array([[0.0, 2.0, -2.0, 1.0]]), tones=3)
    assert colours[0, :, 3].tolist() == [0, 1, 1, 0.5]
    assert colours[0, 1, 2] > colours[0, 1, 0] and colours[0, 2, 0] > colours[0, 2, 2]
    assert np.array_equal(colours[0, 3, :3], colours[0, 1, :3])
    assert (signed_colours(np.zeros((2, 2)))[:, :, 3] == 0).all()


def test_a_mosaic_holds_no_bitmap():
    """The figure is rectangles, upright: row 0 on top."""
    figure, axis = panels()
    mosaic(axis, np.arange(12.0).reshape(2, 2, 3) / 11)
    assert axis.get_ylim() == (1.5, -0.5)
    svg = show(figure, "picture", "four coloured squares").svg
    assert "<image" not in svg and len(axis.patches) == 4
