"""The CNN encoders by name."""

import inspect

from minisat.errors import UserError
from minisat.vision.encoders.alexnet import AlexNet
from minisat.vision.encoders.base import Encoder
from minisat.vision.encoders.googlenet import GoogLeNet
from minisat.vision.encoders.inception_v3 import InceptionV3
from minisat.vision.encoders.mobilenet_v2 import MobileNetV2
from minisat.vision.encoders.resnet import ResNet18, ResNet34, ResNet50, ResNet101, ResNet152
from minisat.vision.encoders.squeezenet import SqueezeNet
from minisat.vision.encoders.toy_cnn import ToyCNN
from minisat.vision.encoders.vgg import VGG16, VGG19

ENCODERS = {encoder.name: encoder for encoder in (
    AlexNet, VGG16, VGG19, GoogLeNet, InceptionV3, ResNet18, ResNet34, ResNet50, ResNet101, ResNet152, SqueezeNet,
    MobileNetV2, ToyCNN)}


def build(name, classifier=False, *, rng=None, transform_input=None):
    """A new encoder with random weights drawn with `rng`.

    `classifier=True`: it gives `logits` too. `transform_input`, for googlenet and inception_v3: True or False, or
    None to follow the weights (see TransformInput). UserError when there is none of that name, or none with
    that choice.
    """
    if name not in ENCODERS:
        raise UserError(f"There is no encoder {name!r}: choose {', '.join(ENCODERS)}.")
    encoder, choices = ENCODERS[name], {}
    if classifier:
        choices["classifier"] = True
    if transform_input is not None:
        choices["transform_input"] = transform_input
    for choice in choices:
        if choice not in inspect.signature(encoder).parameters:
            raise UserError(f"{name} has no {choice}.")
    return encoder(rng=rng, **choices)


__all__ = ["ENCODERS", "AlexNet", "Encoder", "GoogLeNet", "InceptionV3", "MobileNetV2", "ResNet18", "ResNet34",
           "ResNet50", "ResNet101", "ResNet152", "SqueezeNet", "ToyCNN", "VGG16", "VGG19", "build"]
