"""Where cells lie: what an encoder says of it, against where the gradient of a cell arrives in the photo."""

import copy

import numpy as np
import pytest
from encoder_formula import image

from minisat.nn import (
    AvgPool2d,
    BatchNorm2d,
    Branches,
    Conv2d,
    Dropout,
    MaxPool2d,
    Module,
    ReLU,
    ReLU6,
    Residual,
    Sequential,
)
from minisat.vision import ENCODERS, CellGrid, Cells, build, cells_of, fast_inference
from minisat.vision.cells import cells_behind
from minisat.vision.encoders import _Zeros
from minisat.vision.encoders.toy_cnn import Coordinates
from minisat.vision.encoders.transform_input import TransformInput
from minisat.vision.folding import Identity
from minisat.vision.weights.recognition import recognise


class MiddleTaps(Module):
    """The geometry of `conv` and nothing else: the mean over the channels, then a kernel of its middle taps alone.

    An even kernel has two middle taps along an axis. One channel comes out.
    """

    def __init__(self, conv):
        self.conv = Conv2d(1, 1, conv.kernel, conv.stride, conv.padding, bias=False, rng=0)
        (top, bottom), (left, right) = (((k - 1) // 2, k // 2 + 1) for k in conv.kernel)
        self.conv.W.data[...] = 0
        self.conv.W.data[:, :, top:bottom, left:right] = 1
        self.astype("float64")

    def forward(self, x):
        y, cache = self.conv.forward(x.mean(axis=1, keepdims=True))
        return y, (cache, x.shape)

    def backward(self, dy, cache):
        cache, shape = cache
        return np.broadcast_to(self.conv.backward(dy, cache) / shape[1], shape)


def bare(encoder):
    """A copy of `encoder` that is linear and positive: middle taps, means for maxima, all else left out."""
    memo = {}
    for _, module in encoder.named_modules():
        if isinstance(module, Conv2d):
            memo[id(module)] = MiddleTaps(module)
        elif isinstance(module, MaxPool2d):
            memo[id(module)] = AvgPool2d(module.kernel, module.stride, module.padding, module.ceil_mode)
        elif isinstance(module, (BatchNorm2d, Coordinates, Dropout, ReLU, ReLU6, TransformInput)):
            memo[id(module)] = Identity()
    return copy.deepcopy(encoder, memo)


def arrival(encoder, grid, cell, size):
    """(y, x): the centre of mass of the gradient that the cell of that number of `grid` sends back to the photo."""
    features, cache = encoder.forward(np.ones((1, 3, size, size)), grid=grid)
    upstream = np.zeros(features.shape)
    upstream[0, cell] = 1
    seen = encoder.backward(upstream, cache).sum(axis=(0, 1))
    assert seen.min() >= 0 < seen.max()
    return [float(np.average(np.arange(size), weights=seen.sum(axis=axis))) for axis in (1, 0)]


@pytest.mark.parametrize("name", ENCODERS)
def test_the_gradient_of_a_cell_arrives_round_its_declared_middle(name):
    """Every stage of every encoder, an inner cell: within half a pixel."""
    encoder = build(name, rng=_Zeros())
    copied, size = bare(encoder), encoder.preprocessing.size
    for grid in dict.fromkeys(grid for grid, _ in encoder.stages()):
        down, across = encoder.cells(grid)
        assert down == across and down.size == size
        row, column = down.count // 2, (across.count - 1) // 2
        middle = down.middles()[row], across.middles()[column]
        assert arrival(copied, grid, row * across.count + column, size) == pytest.approx(middle, abs=0.5), grid


@pytest.mark.parametrize("name, grid, middle, pitch", [
    ("toy_cnn_v2", "conv4", 3.5, 8), ("toy_cnn", "conv4", 0, 8), ("resnet50", "layer4", 0, 32),
    ("mobilenet_v2", "features.18", 0, 32), ("vgg16", "features.29", 7.5, 16), ("squeezenet1_1", "features.12", 15, 16),
    ("googlenet", "inception5b", 22, 32), ("inception_v3", "Mixed_7c", 37, 32)])
def test_well_known_grids(name, grid, middle, pitch):
    """Reckoned by hand: each layer adds its offset, (kernel − 1) / 2 − padding, times the strides before it."""
    encoder = build(name, rng=_Zeros())
    cells = Cells(encoder.cells(grid).down.count, middle, pitch, encoder.preprocessing.size)
    assert encoder.cells(grid) == (cells, cells)
    assert fast_inference(encoder).cells(grid) == encoder.cells(grid)
    assert encoder.cells("global") == CellGrid.even(1, 1, *2 * (encoder.preprocessing.size,))


def test_the_count_is_that_of_the_features():
    """Also where a pool's last window hangs over the edge."""
    for name in ("googlenet", "squeezenet1_1", "alexnet"):
        encoder = build(name, rng=_Zeros())
        for size in (75, 98):
            grid = encoder.cells(size=size)
            assert grid.L == encoder.grid_shape(size=size)[0] and grid.down.size == size


def test_ways_through_a_layer_must_agree():
    pixels = CellGrid.even(8, 8, 8, 8)
    apart = Conv2d(1, 1, 2, stride=2), Conv2d(1, 1, 3, stride=2, padding=1)  # middles at 0.5 and at 0
    for layer in (Branches(*apart), Residual(*apart)):
        with pytest.raises(ValueError, match="see round different places"):
            cells_behind(layer, pixels)
    with pytest.raises(ValueError, match="behind a Hidden lie is not known"):
        cells_behind(Hidden(), pixels)
    assert cells_behind(Residual(Sequential(Conv2d(1, 1, 3, padding=1), ReLU())), pixels) == pixels


class Hidden(Module):
    """A layer with another inside, of which nobody says how it is used."""

    def __init__(self):
        self.inner = ReLU()


def test_even_cells_divide_the_photo():
    cells = Cells.even(4, 64)
    assert cells.middles().tolist() == [7.5, 23.5, 39.5, 55.5] and cells.pixels(64).tolist() == [8, 24, 40, 56]
    assert cells.holding(64).tolist() == sorted([0, 1, 2, 3] * 16)
    for count in (5, 6, 7, 12, 13):
        for pixels in (10, 48, 64, 224):
            for size in (1, pixels):
                parts = np.arange(pixels) * count // pixels
                assert Cells.even(count, size).holding(pixels).tolist() == parts.tolist()


def test_cells_are_the_same_on_a_photo_drawn_larger():
    """Cell 3 of the first toy CNN lies round pixel 24 of 64; drawn over 160 pixels, round (24 + ½) · 160 / 64 − ½."""
    cells = build("toy_cnn", rng=0).cells().down
    assert cells.position(64)[24] == 3
    assert np.interp(3, cells.position(160), np.arange(160)) == pytest.approx(60.75)
    assert cells.pixels(64).tolist() == [0, 8, 16, 24, 32, 40, 48, 56] and cells.pixels(160)[3] == 61
    assert cells.holding(64).tolist() == [0] * 5 + sorted([1, 2, 3, 4, 5, 6] * 8) + [7] * 11


def test_a_description_says_where_its_cells_lie():
    """A store's header, a run's config; cells of what no encoder here made are even."""
    header = {"encoder": "resnet18", "grid": "layer4", "L": 49, "preprocessing": {"size": 224}}
    assert cells_of(header).down == (7, 0, 32, 224)
    assert cells_of(header | {"encoder": "another"}) == CellGrid.square(49)
    assert cells_of(header | {"L": 36}) == CellGrid.square(36)  # other features than that encoder's
    assert cells_of(header | {"grid": "global", "L": 1}) == CellGrid.even(1, 1, 224, 224)
    with pytest.raises(ValueError, match="48 cells are no square grid"):
        cells_of(header | {"encoder": "another", "L": 48})


def test_the_first_toy_cnn_says_what_it_said():
    """The form of earlier runs and stores goes on under its name, random weights included; the new one is another."""
    encoder = build("toy_cnn", rng=0).eval()
    features = encoder(image((1, 3, 64, 64)))
    np.testing.assert_allclose(features[0, [0, 27, 63]][:, [0, 1, 5, 40]],
                               [[1.01673102, 0.71396577, 0, 0.32942057], [1.54915106, 3.13247824, 0, 0],
                                [0, 2.88502192, 0, 0]], rtol=1e-4, atol=1e-5)
    assert np.abs(features).mean() == pytest.approx(0.6707425, rel=1e-4)
    assert recognise(encoder.torchvision_state()) == "toy_cnn"
    assert recognise(build("toy_cnn_v2", rng=0).torchvision_state()) == "toy_cnn_v2"
