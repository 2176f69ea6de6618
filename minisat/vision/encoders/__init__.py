"""The CNN encoders by name."""

from minisat.errors import UserError
from minisat.vision.encoders.base import Encoder
from minisat.vision.encoders.mobilenet_v2 import MobileNetV2
from minisat.vision.encoders.squeezenet import SqueezeNet
from minisat.vision.encoders.toy_cnn import ToyCNN

ENCODERS = {encoder.name: encoder for encoder in (MobileNetV2, SqueezeNet, ToyCNN)}


def build(name, classifier=False, *, rng=None):
    """A new encoder with random weights drawn with `rng`; with `classifier`, one that gives `logits` too.

    UserError listing the names when there is none of that name, or when it has no classifier.
    """
    if name not in ENCODERS:
        raise UserError(f"There is no encoder {name!r}: choose {', '.join(sorted(ENCODERS))}.")
    encoder, choices = ENCODERS[name], {}
    if classifier:
        if not encoder.has_classifier:
            raise UserError(f"{name} has no classifier.")
        choices["classifier"] = True
    return encoder(rng=rng, **choices)


__all__ = ["ENCODERS", "Encoder", "MobileNetV2", "SqueezeNet", "ToyCNN", "build"]
