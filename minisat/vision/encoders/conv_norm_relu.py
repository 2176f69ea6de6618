"""Convolution, BatchNorm and ReLU as one layer: what GoogLeNet and Inception v3 are made of."""

from minisat.nn import BatchNorm2d, Conv2d, ReLU, Sequential
from minisat.nn.windows import pair


class ConvNormReLU(Sequential):
    """The three in a row, as `conv` and `bn`; the padding keeps the size at stride 1 unless another is given.

    BatchNorm's eps is 1e-3 in both networks, not the usual 1e-5.
    """

    def __init__(self, C_in, C_out, kernel, stride=1, padding=None, *, rng=None):
        if padding is None:
            padding = tuple(length // 2 for length in pair(kernel))
        self.conv = Conv2d(C_in, C_out, kernel, stride, padding, bias=False, rng=rng)
        self.bn = BatchNorm2d(C_out, eps=1e-3)
        super().__init__(self.conv, self.bn, ReLU())
