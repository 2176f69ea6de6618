"""MobileNet v2 (Sandler et al. 2018, tables 1 and 2), as torchvision lays it out."""

import numpy as np

from minisat.nn import BatchNorm2d, Conv2d, Dropout, GlobalAvgPool2d, ReLU6, Residual, Sequential
from minisat.vision.encoders.base import Encoder, classifier_layer

# Table 2: expansion t, output channels c, how many blocks n, stride s of the first of them.
BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


def _conv_norm_relu6(C_in, C_out, kernel, stride=1, groups=1, *, rng):
    """Convolution, BatchNorm, ReLU6."""
    return Sequential(Conv2d(C_in, C_out, kernel, stride, kernel // 2, groups, bias=False, rng=rng),
                      BatchNorm2d(C_out), ReLU6())


class InvertedResidual(Sequential):
    """Expand the channels `expansion` times by 1×1, look around in each alone by 3×3, project by 1×1 (table 1).

    The projection is linear: a ReLU on few channels would lose too much. There is a shortcut around the block when
    it keeps the shape (section 3.3).
    """

    def __init__(self, C_in, C_out, stride, expansion, *, rng=None):
        rng = np.random.default_rng(rng)
        wide = C_in * expansion
        expand = [_conv_norm_relu6(C_in, wide, 1, rng=rng)] if expansion > 1 else []
        self.conv = Sequential(
            *expand,
            _conv_norm_relu6(wide, wide, 3, stride, groups=wide, rng=rng),
            Conv2d(wide, C_out, 1, bias=False, rng=rng), BatchNorm2d(C_out))
        super().__init__(Residual(self.conv) if stride == 1 and C_in == C_out else self.conv)


class MobileNetV2(Encoder):
    """MobileNet v2. 224² pixels give features.13, 14 × 14 × 96, and features.18, 7 × 7 × 1280."""

    name = "mobilenet_v2"
    grid_names = ("features.13", "features.18")
    default_grid = "features.18"

    def __init__(self, classifier=False, *, rng=None):
        rng = np.random.default_rng(rng)
        self.features = [_conv_norm_relu6(3, 32, 3, stride=2, rng=rng)]
        C = 32
        for expansion, C_out, blocks, stride in BLOCKS:
            for i in range(blocks):
                self.features.append(InvertedResidual(C, C_out, stride if i == 0 else 1, expansion, rng=rng))
                C = C_out
        self.features.append(_conv_norm_relu6(C, 1280, 1, rng=rng))
        if classifier:
            self.classifier = [Dropout(0.2), classifier_layer(1280, 1000)]
            self.head = [GlobalAvgPool2d(), *self.classifier]
