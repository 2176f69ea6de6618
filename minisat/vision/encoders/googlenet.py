"""GoogLeNet (Szegedy et al. 2015, table 1) with BatchNorm, as torchvision lays it out."""

import numpy as np

from minisat.nn import Branches, Dropout, GlobalAvgPool2d, MaxPool2d, Sequential
from minisat.vision.encoders.base import Encoder, classifier_layer
from minisat.vision.encoders.conv_norm_relu import ConvNormReLU
from minisat.vision.encoders.transform_input import TransformInput


class Inception(Branches):
    """1×1, 3×3 and "5×5" convolutions and a pool side by side, 1×1 reductions before the large ones (figure 2b).

    The arguments are a row of table 1. The "5×5" has 3×3 filters, as in torchvision.
    """

    def __init__(self, C_in, one, reduce3, three, reduce5, five, pooled, *, rng=None):
        rng = np.random.default_rng(rng)
        self.branch1 = ConvNormReLU(C_in, one, 1, rng=rng)
        self.branch2 = Sequential(ConvNormReLU(C_in, reduce3, 1, rng=rng), ConvNormReLU(reduce3, three, 3, rng=rng))
        self.branch3 = Sequential(ConvNormReLU(C_in, reduce5, 1, rng=rng), ConvNormReLU(reduce5, five, 3, rng=rng))
        self.branch4 = Sequential(MaxPool2d(3, 1, 1, ceil_mode=True), ConvNormReLU(C_in, pooled, 1, rng=rng))
        super().__init__(self.branch1, self.branch2, self.branch3, self.branch4)


class GoogLeNet(Encoder):
    """GoogLeNet. 224² pixels give inception4e, 14 × 14 × 832, and inception5b, 7 × 7 × 1024.

    `transform_input`: whether to expect what the pretrained weights do (see TransformInput).
    """

    name = "googlenet"
    grid_names = ("inception4e", "inception5b")
    default_grid = "inception5b"
    auxiliary_names = ("aux1.", "aux2.")

    def __init__(self, classifier=False, *, rng=None, transform_input=None):
        rng = np.random.default_rng(rng)
        self.transform_input = TransformInput(transform_input)
        self.conv1 = ConvNormReLU(3, 64, 7, stride=2, rng=rng)
        self.maxpool1 = MaxPool2d(3, 2, ceil_mode=True)
        self.conv2 = ConvNormReLU(64, 64, 1, rng=rng)
        self.conv3 = ConvNormReLU(64, 192, 3, rng=rng)
        self.maxpool2 = MaxPool2d(3, 2, ceil_mode=True)
        #                           in   #1×1  reduce #3×3  reduce #5×5  pool
        self.inception3a = Inception(192,  64,   96, 128,   16,  32,   32, rng=rng)
        self.inception3b = Inception(256, 128,  128, 192,   32,  96,   64, rng=rng)
        self.maxpool3 = MaxPool2d(3, 2, ceil_mode=True)
        self.inception4a = Inception(480, 192,   96, 208,   16,  48,   64, rng=rng)
        self.inception4b = Inception(512, 160,  112, 224,   24,  64,   64, rng=rng)
        self.inception4c = Inception(512, 128,  128, 256,   24,  64,   64, rng=rng)
        self.inception4d = Inception(512, 112,  144, 288,   32,  64,   64, rng=rng)
        self.inception4e = Inception(528, 256,  160, 320,   32, 128,  128, rng=rng)
        self.maxpool4 = MaxPool2d(2, 2, ceil_mode=True)
        self.inception5a = Inception(832, 256,  160, 320,   32, 128,  128, rng=rng)
        self.inception5b = Inception(832, 384,  192, 384,   48, 128,  128, rng=rng)
        if classifier:
            self.fc = classifier_layer(1024, 1000)
            self.head = [GlobalAvgPool2d(), Dropout(0.2), self.fc]
