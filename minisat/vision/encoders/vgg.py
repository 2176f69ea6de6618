"""VGG-16 and VGG-19 (Simonyan & Zisserman 2015, table 1, columns D and E), as torchvision lays them out."""

import numpy as np

from minisat.nn import AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, MaxPool2d, ReLU
from minisat.vision.encoders.base import Encoder, classifier_layer

CHANNELS = (64, 128, 256, 512, 512)  # of the five groups of 3×3 convolutions, with a max-pool after each


class VGG(Encoder):
    """3×3 convolutions in five groups; a subclass says how many are in each."""

    depths = ()

    def __init__(self, classifier=False, *, rng=None):
        rng = np.random.default_rng(rng)
        self.features, C_in = [], 3
        for C_out, depth in zip(CHANNELS, self.depths):
            for _ in range(depth):
                self.features += [Conv2d(C_in, C_out, 3, padding=1, rng=rng), ReLU()]
                C_in = C_out
            self.features.append(MaxPool2d(2))
        if classifier:
            self.classifier = [
                classifier_layer(512 * 7 * 7, 4096), ReLU(), Dropout(),
                classifier_layer(4096, 4096), ReLU(), Dropout(),
                classifier_layer(4096, 1000)]
            self.head = [AdaptiveAvgPool2d(7), Flatten(), *self.classifier]


class VGG16(VGG):
    """VGG-16. 224² pixels give features.29, 14 × 14 × 512 (conv5_3, Xu et al.'s grid), and features.30, 7 × 7 × 512."""

    name, depths = "vgg16", (2, 2, 3, 3, 3)
    grid_names, default_grid = ("features.29", "features.30"), "features.29"


class VGG19(VGG):
    """VGG-19. 224² pixels give features.35, 14 × 14 × 512 (conv5_4, Xu et al.'s grid), and features.36, 7 × 7 × 512."""

    name, depths = "vgg19", (2, 2, 4, 4, 4)
    grid_names, default_grid = ("features.35", "features.36"), "features.35"
