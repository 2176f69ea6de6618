"""The paper's figure: attention lands where it should and the file is the same every time."""

import numpy as np
import pytest
from PIL import Image

from minisat.plots import attention_figure, overlay, upsample
from minisat.vision import CellGrid, build


def photo(size=64, grey=100):
    return Image.new("RGB", (size, size), (grey, grey, grey))


def test_upsampling_keeps_the_peak_in_its_cell_and_even_attention_even():
    alpha, grid = np.eye(49)[2 * 7 + 5], CellGrid.square(49)
    large = upsample(alpha, grid, 224, 224)
    y, x = np.unravel_index(large.argmax(), large.shape)
    assert (y // 32, x // 32) == (2, 5)
    assert 0.4 < large.max() < 4 / 9 and large.min() >= 0
    assert large[:64, :96].max() < 1e-12  # far away nothing is seen
    np.testing.assert_allclose(upsample(np.full(15, 0.2), CellGrid.even(3, 5), 30, 20), 0.2, atol=1e-12)


def test_a_grid_with_more_rows_than_columns_is_read_rows_first():
    alpha = np.eye(8)[7]  # last row, last column of (4, 2)
    large = upsample(alpha, CellGrid.even(4, 2), 40, 20)
    assert np.unravel_index(large.argmax(), large.shape) >= (30, 10)


@pytest.mark.parametrize("encoder, first", [("toy_cnn_v2", 3.5), ("toy_cnn", 0)])
@pytest.mark.parametrize("size", [64, 160])
def test_the_peak_is_drawn_where_its_cell_lies(encoder, first, size):
    """Row 3, column 5 of cells 8 pixels of 64 apart: the light is there to half a pixel, on a larger copy too."""
    pixels = np.asarray(overlay(photo(size), np.eye(64)[3 * 8 + 5], build(encoder).cells()))[..., 0].astype(float)
    light = np.maximum(pixels - np.sort(pixels, axis=None)[-200], 0)
    for axis, index in ((1, 3), (0, 5)):
        drawn = np.average(np.arange(size), weights=light.sum(axis=axis))
        assert drawn == pytest.approx((first + 8 * index + 0.5) * size / 64 - 0.5, abs=0.5)


def test_the_overlay_is_dark_where_nobody_looks_and_whiter_at_the_peak():
    alpha = np.full(16, 1e-9)
    alpha[5] = 1
    pixels = np.asarray(overlay(photo(), alpha))[..., 0].astype(int)
    assert pixels[60, 60] < 50 < 100 < pixels[24, 24]


def test_nearly_even_attention_leaves_the_photo_nearly_as_it_is():
    even = np.full(16, 1 / 16)
    assert np.asarray(overlay(photo(), even)).tolist() == np.asarray(photo()).tolist()
    even[5] *= 1.2
    pixels = np.asarray(overlay(photo(), even))[..., 0].astype(int)
    assert 95 < pixels.min() <= 100 < pixels[24, 24] < 115


def test_a_grid_that_is_no_square_must_be_named():
    with pytest.raises(ValueError, match="no square grid"):
        overlay(photo(), np.ones(12))
    assert overlay(photo(), np.ones(12), CellGrid.even(3, 4)).size == (64, 64)


@pytest.mark.parametrize("words, T", [(["a", "$5", "dog"], 4), (["word"] * 8, 8), ([], 1)])
def test_the_figure_is_written_alike_each_time(tmp_path, words, T):
    alphas = np.random.default_rng(0).random((T, 16))
    for name in ("one.png", "two.png"):
        attention_figure(photo(), words, alphas, np.full(T, 0.5), tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.png", "two.png"]
    with Image.open(tmp_path / "one.png") as figure:
        assert figure.width > 200


def test_without_a_gate_the_figure_has_no_beta(tmp_path):
    attention_figure(photo(), ["a"], np.ones((1, 4)), None, tmp_path / "plain.svg")
    assert "<svg" in (tmp_path / "plain.svg").read_text()
