"""Inception v3 (Szegedy et al. 2016, table 1 and figures 5 to 7), as torchvision lays it out."""

import numpy as np

from minisat.nn import AvgPool2d, Branches, Dropout, GlobalAvgPool2d, MaxPool2d, Module, Sequential
from minisat.vision.encoders.base import Encoder, classifier_layer
from minisat.vision.encoders.conv_norm_relu import ConvNormReLU
from minisat.vision.encoders.transform_input import TransformInput
from minisat.vision.preprocess import Preprocessing


class Mixed(Branches):
    """Rows of convolutions side by side.

    A row is a tuple of steps, one after the other. A step is a layer, or a convolution (torchvision's name,
    C_out, kernel) that keeps the size, or (name, C_out, kernel, 2) of stride 2 without padding, or a list of
    such convolutions, side by side again.
    """

    def __init__(self, C_in, rows, *, rng=None):
        rng = np.random.default_rng(rng)
        super().__init__(*(self._row(C_in, row, rng) for row in rows))

    def _row(self, C, steps, rng):
        layers = []
        for step in steps:
            if isinstance(step, Module):
                layers.append(step)
            elif isinstance(step, list):
                layers.append(Branches(*(self._convolution(C, *fork, rng=rng) for fork in step)))
            else:
                layers.append(self._convolution(C, *step, rng=rng))
                C = step[1]
        return Sequential(*layers)

    def _convolution(self, C_in, name, C_out, kernel, stride=1, *, rng):
        convolution = ConvNormReLU(C_in, C_out, kernel, stride, None if stride == 1 else 0, rng=rng)
        setattr(self, name, convolution)
        return convolution


def block_a(pooled):
    """35 × 35 places, figure 5: two 3×3 convolutions stand for one 5×5. → 224 + `pooled` channels."""
    return ((("branch1x1", 64, 1),),
            (("branch5x5_1", 48, 1), ("branch5x5_2", 64, 5)),
            (("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3), ("branch3x3dbl_3", 96, 3)),
            (AvgPool2d(3, 1, 1), ("branch_pool", pooled, 1)))


def block_b():
    """35 × 35 → 17 × 17 places, figure 10: convolutions and a pool of stride 2. → 480 channels and the input's."""
    return ((("branch3x3", 384, 3, 2),),
            (("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3), ("branch3x3dbl_3", 96, 3, 2)),
            (MaxPool2d(3, 2),))


def block_c(C):
    """17 × 17 places, figure 6: 1×7 and 7×1 convolutions of `C` channels stand for 7×7. → 768 channels."""
    return ((("branch1x1", 192, 1),),
            (("branch7x7_1", C, 1), ("branch7x7_2", C, (1, 7)), ("branch7x7_3", 192, (7, 1))),
            (("branch7x7dbl_1", C, 1), ("branch7x7dbl_2", C, (7, 1)), ("branch7x7dbl_3", C, (1, 7)),
             ("branch7x7dbl_4", C, (7, 1)), ("branch7x7dbl_5", 192, (1, 7))),
            (AvgPool2d(3, 1, 1), ("branch_pool", 192, 1)))


def block_d():
    """17 × 17 → 8 × 8 places. → 512 channels and the input's."""
    return ((("branch3x3_1", 192, 1), ("branch3x3_2", 320, 3, 2)),
            (("branch7x7x3_1", 192, 1), ("branch7x7x3_2", 192, (1, 7)), ("branch7x7x3_3", 192, (7, 1)),
             ("branch7x7x3_4", 192, 3, 2)),
            (MaxPool2d(3, 2),))


def block_e():
    """8 × 8 places, figure 7: 1×3 and 3×1 side by side widen the representation. → 2048 channels."""
    return ((("branch1x1", 320, 1),),
            (("branch3x3_1", 384, 1), [("branch3x3_2a", 384, (1, 3)), ("branch3x3_2b", 384, (3, 1))]),
            (("branch3x3dbl_1", 448, 1), ("branch3x3dbl_2", 384, 3),
             [("branch3x3dbl_3a", 384, (1, 3)), ("branch3x3dbl_3b", 384, (3, 1))]),
            (AvgPool2d(3, 1, 1), ("branch_pool", 192, 1)))


class InceptionV3(Encoder):
    """Inception v3. 299² pixels give Mixed_6e, 17 × 17 × 768, and Mixed_7c, 8 × 8 × 2048.

    `transform_input`: whether to expect what the pretrained weights do (see TransformInput).
    """

    name = "inception_v3"
    preprocessing = Preprocessing(299)
    grid_names = ("Mixed_6e", "Mixed_7c")
    default_grid = "Mixed_7c"
    auxiliary_names = ("AuxLogits.",)

    def __init__(self, classifier=False, *, rng=None, transform_input=None):
        rng = np.random.default_rng(rng)
        self.transform_input = TransformInput(transform_input)
        self.Conv2d_1a_3x3 = ConvNormReLU(3, 32, 3, stride=2, padding=0, rng=rng)
        self.Conv2d_2a_3x3 = ConvNormReLU(32, 32, 3, padding=0, rng=rng)
        self.Conv2d_2b_3x3 = ConvNormReLU(32, 64, 3, rng=rng)
        self.maxpool1 = MaxPool2d(3, 2)
        self.Conv2d_3b_1x1 = ConvNormReLU(64, 80, 1, rng=rng)
        self.Conv2d_4a_3x3 = ConvNormReLU(80, 192, 3, padding=0, rng=rng)
        self.maxpool2 = MaxPool2d(3, 2)
        self.Mixed_5b = Mixed(192, block_a(32), rng=rng)
        self.Mixed_5c = Mixed(256, block_a(64), rng=rng)
        self.Mixed_5d = Mixed(288, block_a(64), rng=rng)
        self.Mixed_6a = Mixed(288, block_b(), rng=rng)
        self.Mixed_6b = Mixed(768, block_c(128), rng=rng)
        self.Mixed_6c = Mixed(768, block_c(160), rng=rng)
        self.Mixed_6d = Mixed(768, block_c(160), rng=rng)
        self.Mixed_6e = Mixed(768, block_c(192), rng=rng)
        self.Mixed_7a = Mixed(768, block_d(), rng=rng)
        self.Mixed_7b = Mixed(1280, block_e(), rng=rng)
        self.Mixed_7c = Mixed(2048, block_e(), rng=rng)
        if classifier:
            self.fc = classifier_layer(2048, 1000)
            self.head = [GlobalAvgPool2d(), Dropout(), self.fc]
