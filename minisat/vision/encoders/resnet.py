"""ResNet-18, 34, 50, 101 and 152 (He et al. 2016, table 1), as torchvision lays them out."""

import numpy as np

from minisat.nn import BatchNorm2d, Conv2d, GlobalAvgPool2d, MaxPool2d, ReLU, Residual, Sequential
from minisat.vision.encoders.base import Encoder, classifier_layer

FIRST_GAMMA = 0.2  # of each block's last BatchNorm: else every shortcut would double the variance of a fresh net


def _conv(C_in, C_out, kernel, stride=1, *, rng):
    """A convolution that keeps the size (or halves it); the BatchNorm after it makes a bias needless."""
    return Conv2d(C_in, C_out, kernel, stride, kernel // 2, bias=False, rng=rng)


def _last_norm(C):
    norm = BatchNorm2d(C)
    norm.gamma.data[...] = FIRST_GAMMA
    return norm


def _downsample(C_in, C_out, stride, rng):
    """The shortcut: None (the identity) where the shape stays, else a 1×1 convolution (option B of section 3.3)."""
    if stride == 1 and C_in == C_out:
        return None
    return Sequential(_conv(C_in, C_out, 1, stride, rng=rng), BatchNorm2d(C_out))


class BasicBlock(Sequential):
    """Two 3×3 convolutions around which the input goes (figure 5, left)."""

    expansion = 1

    def __init__(self, C_in, C, stride=1, *, rng=None):
        rng = np.random.default_rng(rng)
        self.conv1, self.bn1 = _conv(C_in, C, 3, stride, rng=rng), BatchNorm2d(C)
        self.conv2, self.bn2 = _conv(C, C, 3, rng=rng), _last_norm(C)
        self.downsample = _downsample(C_in, C, stride, rng)
        body = Sequential(self.conv1, self.bn1, ReLU(), self.conv2, self.bn2)
        super().__init__(Residual(body, self.downsample), ReLU())


class Bottleneck(Sequential):
    """1×1 to few channels, 3×3 among them, 1×1 back to four times as many (figure 5, right).

    The 3×3 convolution has the stride, as in torchvision; in the paper the first 1×1 has it.
    """

    expansion = 4

    def __init__(self, C_in, C, stride=1, *, rng=None):
        rng = np.random.default_rng(rng)
        C_out = C * self.expansion
        self.conv1, self.bn1 = _conv(C_in, C, 1, rng=rng), BatchNorm2d(C)
        self.conv2, self.bn2 = _conv(C, C, 3, stride, rng=rng), BatchNorm2d(C)
        self.conv3, self.bn3 = _conv(C, C_out, 1, rng=rng), _last_norm(C_out)
        self.downsample = _downsample(C_in, C_out, stride, rng)
        body = Sequential(self.conv1, self.bn1, ReLU(), self.conv2, self.bn2, ReLU(), self.conv3, self.bn3)
        super().__init__(Residual(body, self.downsample), ReLU())


class ResNet(Encoder):
    """7×7 convolution, max-pool, four layers of blocks; 224² pixels give layer3, 14 × 14, and layer4, 7 × 7.

    A subclass says which block and how many in each layer. Locations have 256 and 512 features with the basic
    block, 1024 and 2048 with the bottleneck.
    """

    block, depths = None, ()
    grid_names, default_grid = ("layer3", "layer4"), "layer4"

    def __init__(self, classifier=False, *, rng=None):
        rng = np.random.default_rng(rng)
        self.conv1 = Conv2d(3, 64, 7, stride=2, padding=3, bias=False, rng=rng)
        self.bn1, self.relu, self.maxpool = BatchNorm2d(64), ReLU(), MaxPool2d(3, 2, padding=1)
        self.layer1 = self._layer(64, 64, self.depths[0], 1, rng)
        self.layer2 = self._layer(64 * self.block.expansion, 128, self.depths[1], 2, rng)
        self.layer3 = self._layer(128 * self.block.expansion, 256, self.depths[2], 2, rng)
        self.layer4 = self._layer(256 * self.block.expansion, 512, self.depths[3], 2, rng)
        if classifier:
            self.fc = classifier_layer(512 * self.block.expansion, 1000)
            self.head = [GlobalAvgPool2d(), self.fc]

    def _layer(self, C_in, C, depth, stride, rng):
        """`depth` blocks, the first of which changes the size."""
        C_out = C * self.block.expansion
        return Sequential(self.block(C_in, C, stride, rng=rng),
                          *(self.block(C_out, C, rng=rng) for _ in range(depth - 1)))


class ResNet18(ResNet):
    """ResNet-18."""

    name, block, depths = "resnet18", BasicBlock, (2, 2, 2, 2)


class ResNet34(ResNet):
    """ResNet-34."""

    name, block, depths = "resnet34", BasicBlock, (3, 4, 6, 3)


class ResNet50(ResNet):
    """ResNet-50."""

    name, block, depths = "resnet50", Bottleneck, (3, 4, 6, 3)


class ResNet101(ResNet):
    """ResNet-101."""

    name, block, depths = "resnet101", Bottleneck, (3, 4, 23, 3)


class ResNet152(ResNet):
    """ResNet-152."""

    name, block, depths = "resnet152", Bottleneck, (3, 8, 36, 3)
