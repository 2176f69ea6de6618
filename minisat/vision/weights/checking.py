"""What a weights file is, which encoder it fits, and every name in it that does not; conversion to safetensors."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from minisat.errors import UserError
from minisat.files import whole_file
from minisat.vision.encoders import build
from minisat.vision.weights.catalogue import digits_in
from minisat.vision.weights.naming import named_weights
from minisat.vision.weights.reading import file_hash, read_checkpoint
from minisat.vision.weights.recognition import classes, recognise


@dataclass
class WeightsReport:
    """What `check_weights` found."""

    file: str
    kind: str                  # safetensors, torch zip or torch legacy
    wrapper: str               # the key under which the weights were, "" when at the top
    prefix: str                # what stood before every name
    naming: str                # torchvision or timm
    tensors: int
    numbers: int
    dtypes: dict               # {torch's name: number of tensors}
    sha256: str
    digits: str | None         # of the hash, in the file's name
    encoder: str | None        # the one it was held against
    classes: int | None        # of its classifier; None when it has none
    missing: list = field(default_factory=list)      # names
    unexpected: list = field(default_factory=list)   # names
    misshapen: list = field(default_factory=list)    # (name, shape, the shape it should have)
    metadata: dict = field(default_factory=dict)

    @property
    def hash_matches(self):
        """Whether the digits in the name begin the hash; None when there are none."""
        return None if self.digits is None else self.sha256.startswith(self.digits)

    @property
    def fits(self):
        """Whether it can be loaded into the encoder."""
        return self.encoder is not None and not (self.missing or self.unexpected or self.misshapen)

    def to_dict(self):
        """{field: value}, ready for JSON."""
        return {**asdict(self), "hash_matches": self.hash_matches, "fits": self.fits}


def check_weights(path, encoder=None):
    """Read the file at `path` and hold it against the encoder of that name, or the one it is recognised as.

    Returns a WeightsReport. UserError when it cannot be read as weights, or there is no such encoder.
    """
    checkpoint = read_checkpoint(path)
    found = named_weights(checkpoint.value, path)
    name = encoder or recognise(found.tensors)
    count = classes(name, found.tensors)
    report = WeightsReport(
        str(path), checkpoint.kind, found.wrapper, found.prefix, found.naming, len(found.tensors),
        sum(tensor.raw.size for tensor in found.tensors.values()),
        dict(Counter(tensor.dtype for tensor in found.tensors.values())), file_hash(path), digits_in(path), name, count,
        metadata=checkpoint.metadata)
    if name is not None:
        misfits = build(name, rng=0, classifier=count == 1000).misfits(found.tensors)
        report.missing, report.unexpected, report.misshapen = misfits
    return report


def convert_weights(path, out):
    """Write the weights in the file at `path` to `out`, a safetensors file under torchvision's names.

    Half precision and bfloat16 become float32. The file's metadata say what it was made from, and which encoder it
    fits. Returns {name: array}. UserError when `path` cannot be read as weights or `out` not written.
    """
    if Path(out).suffix != ".safetensors":
        raise UserError(f"{out} should end in .safetensors: that is what it will be.")
    checkpoint = read_checkpoint(path)
    found = named_weights(checkpoint.value, path)
    arrays = {name: np.asarray(tensor.array(), order="C") for name, tensor in found.tensors.items()}
    metadata = {**checkpoint.metadata, "format": "pt", "converted_from": Path(path).name,
                "converted_from_sha256": file_hash(path), "names": "torchvision"}
    encoder = recognise(found.tensors)
    if encoder:
        metadata["encoder"] = encoder
    with whole_file(out) as temporary:
        save_file(arrays, temporary, metadata)
    return arrays
