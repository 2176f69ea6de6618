"""From torchvision's normalisation of photos to the one that GoogLeNet and Inception v3 were trained with."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.nn.module import Buffer, Module
from minisat.vision.preprocess import IMAGENET_MEAN, IMAGENET_STD


class TransformInputCache(NamedTuple):
    """What backward remembers."""

    slope: np.ndarray  # (3, 1, 1)


class TransformInput(Module):
    """y = x, or where it is on, pixels brought from (p − mean) / std by channel to (p − 0.5) / 0.5.

    Their pretrained weights expect the second, everything else in this house gives the first. The switch is a
    Buffer `on` (), 0 or 1, so that a checkpoint keeps it. `choice`: True, False, or None to follow the weights:
    off, until pretrained ones are loaded from a file.
    """

    def __init__(self, choice=None):
        self.choice = choice
        self.on = Buffer(np.array(bool(choice), np.float32))

    def follow_pretrained(self):
        """Switch on, unless the constructor was told otherwise."""
        if self.choice is None:
            self.on.data[...] = 1.0

    def forward(self, x):
        """x (N, 3, h, w) → y, the same shape."""
        xp = get_array_module(x)
        mean, std = (xp.asarray(values, dtype=x.dtype)[:, None, None] for values in (IMAGENET_MEAN, IMAGENET_STD))
        slope = 1.0 + self.on.data * (std / 0.5 - 1.0)      # p = x std + mean  ⇒  y = x std/0.5 + (mean − 0.5)/0.5
        return x * slope + self.on.data * ((mean - 0.5) / 0.5), TransformInputCache(slope)

    def backward(self, dy, cache):
        """dy → dx."""
        (slope,) = cache
        return dy * slope  # y = x slope + shift  ⇒  dx = dy slope
