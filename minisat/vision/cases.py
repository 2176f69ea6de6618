"""The encoders in small sizes, as plain data for the gradient checker (see nn/cases.py)."""

from minisat.nn import AvgPool2d, Conv2d, MaxPool2d, Module, ReLU
from minisat.nn.cases import normal
from minisat.vision.encoders.base import Encoder
from minisat.vision.encoders.conv_norm_relu import ConvNormReLU
from minisat.vision.encoders.googlenet import Inception
from minisat.vision.encoders.inception_v3 import Mixed
from minisat.vision.encoders.mobilenet_v2 import InvertedResidual
from minisat.vision.encoders.resnet import BasicBlock, Bottleneck
from minisat.vision.encoders.squeezenet import Fire, SqueezeNet
from minisat.vision.encoders.toy_cnn import Coordinates, FirstToyCNN, ToyCNN
from minisat.vision.encoders.transform_input import TransformInput

# The shapes of Inception v3's blocks with few channels: towers and a pool; stride 2; rows that fork.
TOWERS = ((("a", 2, 1),), (("b", 1, 1), ("c", 2, (1, 7)), ("d", 2, (7, 1))), (AvgPool2d(3, 1, 1), ("e", 1, 1)))
STRIDES = ((("a", 1, 1), ("b", 2, 3, 2)), (MaxPool2d(3, 2),))
FORKS = ((("a", 2, 3), [("b", 1, (1, 3)), ("c", 2, (3, 1))]),)


class _Tiny(Encoder):
    """Two convolutions: small enough to check every entry through the encoder's own machinery."""

    name, grid_names, default_grid = "tiny", ("conv1", "conv2"), "conv2"

    def __init__(self, rng):
        self.conv1, self.conv2, self.relu = Conv2d(3, 2, 3, rng=rng), Conv2d(2, 3, 3, stride=2, rng=rng), ReLU()

    def stages(self):
        """[(name, Module)], first to last."""
        return [("conv1", self.conv1), ("relu", self.relu), ("conv2", self.conv2)]


class _AtGrid(Module):
    """An encoder at one of its grids, as a layer with a single input."""

    def __init__(self, encoder, grid):
        self.encoder, self.grid = encoder, grid

    def forward(self, images):
        """images (N, 3, h, w) → (N, L, D)."""
        return self.encoder.forward(images, grid=self.grid)

    def backward(self, dfeatures, cache):
        """dfeatures (N, L, D) → dimages."""
        return self.encoder.backward(dfeatures, cache)


def with_biases(module, rng):
    """`module` with biases that are not zero: a squeezed place that is all zero would sit on the ReLU's kink."""
    for parameter in module.parameters():
        if len(parameter.shape) == 1:
            parameter.data[...] = normal(rng, *parameter.shape) * 0.3
    return module


def _block(block, *sizes, training=True):
    """A case of `block(*sizes)` on two small maps; its first size is the number of channels in."""
    def case(rng):
        module = with_biases(block(*sizes, rng=rng).train(training), rng)
        return module, (normal(rng, 2, sizes[0], 5, 4),), {}
    return case


CASES = {
    "fire": lambda rng: (with_biases(Fire(3, 2, 3, rng=rng), rng), (normal(rng, 2, 3, 4, 3),), {}),
    "conv_norm_relu": _block(ConvNormReLU, 2, 3, (3, 1)),
    "basic_block": _block(BasicBlock, 3, 3),
    "basic_block.downsample": _block(BasicBlock, 2, 3, 2),
    "bottleneck": _block(Bottleneck, 8, 2),
    "bottleneck.downsample": _block(Bottleneck, 3, 2, 2),
    "bottleneck.evaluation": _block(Bottleneck, 3, 2, training=False),
    "inception": _block(Inception, 3, 2, 1, 2, 2, 1, 2),
    "mixed.towers": _block(Mixed, 2, TOWERS),
    "mixed.strides": _block(Mixed, 2, STRIDES),
    "mixed.forks": _block(Mixed, 2, FORKS),
    "inverted_residual": _block(InvertedResidual, 2, 2, 1, 3),
    "inverted_residual.stride": _block(InvertedResidual, 2, 3, 2, 1),
    "transform_input": lambda rng: (TransformInput(True), (normal(rng, 2, 3, 2, 2),), {}),
    "coordinates": lambda rng: (Coordinates(), (normal(rng, 2, 3, 4, 3),), {}),
    "encoder.tiny": lambda rng: (_Tiny(rng), (normal(rng, 1, 3, 7, 7),), {}),
    "encoder.tiny.earlier_grid": lambda rng: (_AtGrid(_Tiny(rng), "conv1"), (normal(rng, 1, 3, 5, 6),), {}),
    "encoder.tiny.global": lambda rng: (_AtGrid(_Tiny(rng), "global"), (normal(rng, 2, 3, 7, 7),), {}),
    "encoder.toy_cnn_v2": lambda rng: (with_biases(ToyCNN(rng=rng), rng), (normal(rng, 2, 3, 16, 16),), {}),
    "encoder.toy_cnn": lambda rng: (with_biases(FirstToyCNN(rng=rng), rng), (normal(rng, 2, 3, 16, 16),), {}),
    "encoder.squeezenet1_1": lambda rng: (with_biases(SqueezeNet(rng=rng), rng), (normal(rng, 1, 3, 31, 33),), {}),
}
