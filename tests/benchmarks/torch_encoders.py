"""The feature extractors of VGG-16, MobileNet v2 and SqueezeNet 1.1 in PyTorch, laid out as torchvision's."""

import torch
from torch import nn


def vgg16():
    """Thirteen 3×3 convolutions and five pools (Simonyan & Zisserman 2015, column D)."""
    layers, C = [], 3
    for width in (64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"):
        if width == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += [nn.Conv2d(C, width, 3, padding=1), nn.ReLU(inplace=True)]
            C = width
    return nn.Sequential(*layers)


def _unit(C_in, C_out, kernel=1, stride=1, groups=1):
    return [nn.Conv2d(C_in, C_out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(C_out),
            nn.ReLU6(inplace=True)]


class _Inverted(nn.Module):
    """Expand, filter each channel, project; with a shortcut where the shapes allow."""

    def __init__(self, C_in, C_out, stride, expansion):
        super().__init__()
        hidden = C_in * expansion
        self.body = nn.Sequential(*(_unit(C_in, hidden) if expansion > 1 else []),
                                  *_unit(hidden, hidden, 3, stride, hidden), *_unit(hidden, C_out)[:2])
        self.shortcut = stride == 1 and C_in == C_out

    def forward(self, x):
        return x + self.body(x) if self.shortcut else self.body(x)


def mobilenet_v2():
    """Sandler et al. 2018, table 2: (expansion, channels, repeats, stride)."""
    layers, C = _unit(3, 32, 3, 2), 32
    for t, c, n, s in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                       (6, 320, 1, 1)):
        for k in range(n):
            layers.append(_Inverted(C, c, s if k == 0 else 1, t))
            C = c
    return nn.Sequential(*layers, *_unit(C, 1280))


class _Fire(nn.Module):
    """Squeeze, then expand by 1×1 and 3×3 side by side."""

    def __init__(self, C_in, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(C_in, squeezed, 1)
        self.one, self.three = nn.Conv2d(squeezed, expanded, 1), nn.Conv2d(squeezed, expanded, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.relu(self.squeeze(x))
        return torch.cat([self.relu(self.one(x)), self.relu(self.three(x))], 1)


def squeezenet1_1():
    """Iandola et al. 2016, release 1.1."""
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(inplace=True), pool(), _Fire(64, 16, 64), _Fire(128, 16, 64), pool(),
        _Fire(128, 32, 128), _Fire(256, 32, 128), pool(), _Fire(256, 48, 192), _Fire(384, 48, 192),
        _Fire(384, 64, 256), _Fire(512, 64, 256))


NETWORKS = {"vgg16": vgg16, "mobilenet_v2": mobilenet_v2, "squeezenet1_1": squeezenet1_1}
