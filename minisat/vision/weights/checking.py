"""What a weights file is, which encoder it fits, and every name in it that does not; conversion to safetensors."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from minisat.errors import UserError
from minisat.files import file_hash, try_file, whole_file
from minisat.vision.encoders import build
from minisat.vision.soundness import COUNTERS, check_sound, unsound
from minisat.vision.weights.catalogue import digits_in
from minisat.vision.weights.naming import named_weights
from minisat.vision.weights.reading import read_checkpoint
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
    unsound: list = field(default_factory=list)      # (name, what is wrong with its numbers)
    metadata: dict = field(default_factory=dict)

    @property
    def hash_matches(self):
        """Whether the digits in the name begin the hash; None when there are none."""
        return None if self.digits is None else self.sha256.startswith(self.digits)

    @property
    def fits(self):
        """Whether it can be loaded into the encoder."""
        return self.encoder is not None and not (self.missing or self.unexpected or self.misshapen or self.unsound)

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
        built = build(name, rng=0, classifier=count == 1000)
        report.missing, report.unexpected, report.misshapen = built.misfits(found.tensors)
        report.unsound = list(unsound({tensor: found.tensors[tensor].array() for tensor in built.torchvision_state()
                                       if tensor in found.tensors}).items())
    return report


def convert_weights(path, out):
    """Write the weights in the file at `path` to `out`, a safetensors file under torchvision's names.

    All is float32 there, BatchNorm's counters excepted. The file's metadata say what it was made from, and which
    encoder it fits. Returns {name: array}. UserError when `path` cannot be read as weights or holds what no trained
    network does (`soundness.unsound`), and when `out` cannot be written.
    """
    if Path(out).suffix != ".safetensors":
        raise UserError(f"{out} should end in .safetensors: that is what it will be.")
    try_file(out)
    checkpoint = read_checkpoint(path)
    found = named_weights(checkpoint.value, path)
    arrays = {name: _float32(name, tensor.array()) for name, tensor in found.tensors.items()}
    try:
        check_sound(arrays)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    metadata = {**checkpoint.metadata, "format": "pt", "converted_from": Path(path).name,
                "converted_from_sha256": file_hash(path), "names": "torchvision"}
    encoder = recognise(found.tensors)
    if encoder:
        metadata["encoder"] = encoder
    with whole_file(out) as temporary:
        temporary.write_bytes(save(arrays, metadata))  # not save_file, whose full disk is an error of its own
    return arrays


def _float32(name, array):
    """Numbers with a fraction in float32, beyond whose range they are infinite; others as they are."""
    if f".{name}".endswith(COUNTERS) or not np.issubdtype(array.dtype, np.floating):
        return np.asarray(array, order="C")
    with np.errstate(over="ignore"):
        return np.asarray(array, np.float32, order="C")
