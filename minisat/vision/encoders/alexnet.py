"""AlexNet in its one-tower form (Krizhevsky 2014, "One weird trick"), as torchvision lays it out."""

import numpy as np

from minisat.nn import AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, MaxPool2d, ReLU
from minisat.vision.encoders.base import Encoder, classifier_layer


class AlexNet(Encoder):
    """AlexNet. 224² pixels give features.11, 13 × 13 × 256 (conv5), and features.12, 6 × 6 × 256 (after the pool).

    The first paper's local response normalisation and its two half-networks are gone from this form.
    """

    name = "alexnet"
    grid_names = ("features.11", "features.12")
    default_grid = "features.11"

    def __init__(self, classifier=False, *, rng=None):
        rng = np.random.default_rng(rng)
        self.features = [
            Conv2d(3, 64, 11, stride=4, padding=2, rng=rng), ReLU(), MaxPool2d(3, 2),
            Conv2d(64, 192, 5, padding=2, rng=rng), ReLU(), MaxPool2d(3, 2),
            Conv2d(192, 384, 3, padding=1, rng=rng), ReLU(),
            Conv2d(384, 256, 3, padding=1, rng=rng), ReLU(),
            Conv2d(256, 256, 3, padding=1, rng=rng), ReLU(), MaxPool2d(3, 2)]
        if classifier:
            self.classifier = [
                Dropout(), classifier_layer(256 * 6 * 6, 4096), ReLU(),
                Dropout(), classifier_layer(4096, 4096), ReLU(),
                classifier_layer(4096, 1000)]
            self.head = [AdaptiveAvgPool2d(6), Flatten(), *self.classifier]
