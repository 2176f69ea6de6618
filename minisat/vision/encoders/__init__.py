"""The CNN encoders by name."""

from minisat.errors import UserError
from minisat.vision.encoders.base import Encoder
from minisat.vision.encoders.squeezenet import SqueezeNet
from minisat.vision.encoders.toy_cnn import ToyCNN

ENCODERS = {encoder.name: encoder for encoder in (SqueezeNet, ToyCNN)}


def build(name, **choices):
    """A new encoder with random weights. `choices` go to its constructor: `rng`, and `classifier` where it has one.

    UserError listing the names when there is none of that name.
    """
    if name not in ENCODERS:
        raise UserError(f"There is no encoder {name!r}: choose {', '.join(sorted(ENCODERS))}.")
    return ENCODERS[name](**choices)


__all__ = ["ENCODERS", "Encoder", "SqueezeNet", "ToyCNN", "build"]
