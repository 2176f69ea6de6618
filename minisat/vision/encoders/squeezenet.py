"""SqueezeNet 1.1 (Iandola et al. 2016, table 1; the authors' release 1.1), as torchvision lays it out."""

from typing import NamedTuple

import numpy as np

from minisat.backend import get_array_module
from minisat.errors import UserError
from minisat.nn import Conv2d, GlobalAvgPool2d, MaxPool2d, Module, ReLU
from minisat.vision.encoders.base import Encoder


class FireCache(NamedTuple):
    """What backward remembers: the cache of each step."""

    squeeze: tuple
    squeeze_relu: tuple
    expand1x1: tuple
    expand3x3: tuple
    expand_relu: tuple


class Fire(Module):
    """A 1×1 layer squeezes the channels, 1×1 and 3×3 layers side by side expand them again (figure 1)."""

    def __init__(self, C_in, squeezed, expanded, *, rng=None):
        rng = np.random.default_rng(rng)
        self.squeeze = Conv2d(C_in, squeezed, 1, rng=rng)
        self.expand1x1 = Conv2d(squeezed, expanded, 1, rng=rng)
        self.expand3x3 = Conv2d(squeezed, expanded, 3, padding=1, rng=rng)
        self.relu = ReLU()

    def forward(self, x):
        """x (N, C_in, h, w) → (N, 2 · expanded, h, w)."""
        s, squeeze = self.squeeze.forward(x)
        s, squeeze_relu = self.relu.forward(s)
        one, expand1x1 = self.expand1x1.forward(s)
        three, expand3x3 = self.expand3x3.forward(s)
        y, expand_relu = self.relu.forward(get_array_module(x).concatenate([one, three], axis=1))
        return y, FireCache(squeeze, squeeze_relu, expand1x1, expand3x3, expand_relu)

    def backward(self, dy, cache):
        """dy (N, 2 · expanded, h, w) → dx (N, C_in, h, w)."""
        dy = self.relu.backward(dy, cache.expand_relu)
        half = dy.shape[1] // 2                        # y = [one, three]  ⇒  d one, d three are dy's halves
        ds = self.expand1x1.backward(dy[:, :half], cache.expand1x1)
        ds = ds + self.expand3x3.backward(dy[:, half:], cache.expand3x3)   # s was used twice  ⇒  the sum
        return self.squeeze.backward(self.relu.backward(ds, cache.squeeze_relu), cache.squeeze)


class SqueezeNet(Encoder):
    """SqueezeNet 1.1. 224² pixels give the grid features.12, 13 × 13 × 512.

    `classifier=True` adds the 1,000 ImageNet classes (`logits`); captioning does not need them.
    """

    name = "squeezenet1_1"
    grid_names = ("features.12",)
    default_grid = "features.12"

    def __init__(self, classifier=False, *, rng=None):
        rng = np.random.default_rng(rng)

        def pool():
            return MaxPool2d(3, 2, ceil_mode=True)

        self.features = [
            Conv2d(3, 64, 3, stride=2, rng=rng), ReLU(), pool(),
            Fire(64, 16, 64, rng=rng), Fire(128, 16, 64, rng=rng), pool(),
            Fire(128, 32, 128, rng=rng), Fire(256, 32, 128, rng=rng), pool(),
            Fire(256, 48, 192, rng=rng), Fire(384, 48, 192, rng=rng),
            Fire(384, 64, 256, rng=rng), Fire(512, 64, 256, rng=rng)]
        # torchvision's classifier is Dropout, Conv2d, ReLU, pooling: its second entry has the weights
        self.classifier = [Module(), Conv2d(512, 1000, 1, rng=rng), ReLU(), GlobalAvgPool2d()] if classifier else []
        if not classifier:
            self.unused_weights = (*self.unused_weights, "classifier.")

    def stages(self):
        """[(name, Module)], first to last."""
        return [(f"features.{i}", module) for i, module in enumerate(self.features)]

    def logits(self, images):
        """images (N, 3, h, w) → (N, 1000). UserError when built without the classifier."""
        if not self.classifier:
            raise UserError(f"This {self.name} was built without its classifier.")
        x = images
        for module in (*self.features, *self.classifier[1:]):
            x = module(x)
        return x
