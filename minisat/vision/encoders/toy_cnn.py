"""A small CNN for the toy world's scenes: trained from scratch together with the captioner, in seconds per epoch."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import BatchNorm2d, Conv2d, Module, ReLU
from minisat.vision.encoders.base import Encoder
from minisat.vision.preprocess import Preprocessing


class CoordinatesCache(NamedTuple):
    """Backward remembers nothing: the coordinates do not depend on the input."""


class Coordinates(Module):
    """Two more channels that say where: the row and the column of each place, from −1 to 1 (Liu et al. 2018).

    A convolution sees the same everywhere; with these the decoder can tell left from right.
    """

    def forward(self, x):
        """x (N, C, h, w) → (N, C + 2, h, w)."""
        xp, (N, _, h, w) = get_array_module(x), x.shape
        rows = xp.broadcast_to(xp.linspace(-1.0, 1.0, h, dtype=x.dtype)[:, None], (N, 1, h, w))
        columns = xp.broadcast_to(xp.linspace(-1.0, 1.0, w, dtype=x.dtype), (N, 1, h, w))
        return xp.concatenate([x, rows, columns], axis=1), CoordinatesCache()

    def backward(self, dy, cache):
        """dy (N, C + 2, h, w) → dx (N, C, h, w)."""
        return dy[:, :-2]


class ToyCNN(Encoder):
    """Three 4×4 convolutions of stride 2 and one of 3×3, with BatchNorm: 64² pixels give the grid conv4, 8 × 8 × 66.

    A window of four, one beyond its two pixels on either side, has its middle where theirs is: the cells lie where an
    even division of the picture draws them. (Attention still learns to rest some pixels beside the
    things: tests/benchmarks/README.md.)
    """

    name = "toy_cnn_v2"
    preprocessing = Preprocessing(64, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    grid_names = ("conv4",)
    default_grid = "conv4"
    window = 4  # of the convolutions of stride 2

    def __init__(self, *, rng=None):
        rng = np.random.default_rng(rng)
        self.conv1 = Conv2d(3, 16, self.window, stride=2, padding=1, bias=False, rng=rng)
        self.norm1 = BatchNorm2d(16)
        self.conv2 = Conv2d(16, 32, self.window, stride=2, padding=1, bias=False, rng=rng)
        self.norm2 = BatchNorm2d(32)
        self.conv3 = Conv2d(32, 64, self.window, stride=2, padding=1, bias=False, rng=rng)
        self.norm3 = BatchNorm2d(64)
        self.conv4 = Conv2d(64, 64, 3, padding=1, bias=False, rng=rng)
        self.norm4 = BatchNorm2d(64)
        self.relu, self.where = ReLU(), Coordinates()

    def stages(self):
        """[(name, Module)], first to last."""
        blocks = {"conv1": (self.conv1, self.norm1, self.relu), "conv2": (self.conv2, self.norm2, self.relu),
                  "conv3": (self.conv3, self.norm3, self.relu), "conv4": (self.conv4, self.norm4, self.relu)}
        stages = [(f"{name}.{i}", stage) for name, block in blocks.items() for i, stage in enumerate(block)]
        return [*stages, ("conv4", self.where)]


class FirstToyCNN(ToyCNN):
    """The first form, 3×3 throughout, by whose name earlier runs and stores know it.

    Its cells lie round every eighth pixel from the first on, up and left of where an even division draws them.
    """

    name = "toy_cnn"
    window = 3
