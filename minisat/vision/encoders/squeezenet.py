"""SqueezeNet 1.1 (Iandola et al. 2016, table 1; the authors' release 1.1), as torchvision lays it out."""

import numpy as np

from minisat.nn import Branches, Conv2d, Dropout, GlobalAvgPool2d, MaxPool2d, ReLU, Sequential
from minisat.vision.encoders.base import Encoder


class Fire(Sequential):
    """A 1×1 layer squeezes the channels, 1×1 and 3×3 layers side by side expand them again (figure 1)."""

    def __init__(self, C_in, squeezed, expanded, *, rng=None):
        rng = np.random.default_rng(rng)
        self.squeeze = Conv2d(C_in, squeezed, 1, rng=rng)
        self.expand1x1 = Conv2d(squeezed, expanded, 1, rng=rng)
        self.expand3x3 = Conv2d(squeezed, expanded, 3, padding=1, rng=rng)
        super().__init__(self.squeeze, ReLU(), Branches(self.expand1x1, self.expand3x3), ReLU())


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
        if classifier:
            self.classifier = [Dropout(), Conv2d(512, 1000, 1, rng=rng), ReLU(), GlobalAvgPool2d()]
            self.head = list(self.classifier)
