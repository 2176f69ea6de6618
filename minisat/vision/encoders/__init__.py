"""The CNN encoders by name."""

import inspect

import numpy as np

from minisat.errors import UserError, did_you_mean
from minisat.vision.cells import CellGrid
from minisat.vision.encoders.alexnet import AlexNet
from minisat.vision.encoders.base import Encoder
from minisat.vision.encoders.googlenet import GoogLeNet
from minisat.vision.encoders.inception_v3 import InceptionV3
from minisat.vision.encoders.mobilenet_v2 import MobileNetV2
from minisat.vision.encoders.resnet import ResNet18, ResNet34, ResNet50, ResNet101, ResNet152
from minisat.vision.encoders.squeezenet import SqueezeNet
from minisat.vision.encoders.toy_cnn import FirstToyCNN, ToyCNN
from minisat.vision.encoders.vgg import VGG16, VGG19

ENCODERS = {encoder.name: encoder for encoder in (
    AlexNet, VGG16, VGG19, GoogLeNet, InceptionV3, ResNet18, ResNet34, ResNet50, ResNet101, ResNet152, SqueezeNet,
    MobileNetV2, ToyCNN, FirstToyCNN)}


def build(name, classifier=False, *, rng=None, transform_input=None):
    """A new encoder with random weights drawn with `rng`.

    `classifier=True`: it gives `logits` too. `transform_input`, for googlenet and inception_v3: True or False, or
    None to follow the weights (see TransformInput). UserError when there is none of that name, or none with
    that choice.
    """
    if name not in ENCODERS:
        raise UserError(f"There is no encoder {name!r}: choose {', '.join(ENCODERS)}.{did_you_mean(name, ENCODERS)}")
    encoder, choices = ENCODERS[name], {}
    if classifier:
        choices["classifier"] = True
    if transform_input is not None:
        choices["transform_input"] = transform_input
    for choice in choices:
        if choice not in inspect.signature(encoder).parameters:
            raise UserError(f"{name} has no {choice}.")
    return encoder(rng=rng, **choices)


class _Zeros(np.random.Generator):
    """Draws zeros: for a network of which only the layers' shapes are asked."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        """Zeros of the shape `size`."""
        return np.zeros(size, dtype)


def cells_of(description):
    """Where the cells of described features lie: CellGrid.

    `description`: a store's header or a run's config, with encoder, grid, preprocessing and L. Features of no encoder
    of this house have even cells. ValueError when these are no square.
    """
    if description["encoder"] in ENCODERS:
        encoder = build(description["encoder"], rng=_Zeros())
        found = encoder.cells(description["grid"], int(description["preprocessing"]["size"]))
        if found.L == description["L"]:
            return found
    return CellGrid.square(description["L"])


__all__ = ["ENCODERS", "AlexNet", "Encoder", "FirstToyCNN", "GoogLeNet", "InceptionV3", "MobileNetV2", "ResNet18",
           "ResNet34", "ResNet50", "ResNet101", "ResNet152", "SqueezeNet", "ToyCNN", "VGG16", "VGG19", "build",
           "cells_of"]
