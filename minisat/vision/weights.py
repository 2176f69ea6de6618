"""Pretrained weights from a file: read, raised to float32, and identified by their hash."""

import hashlib
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, deserialize

from minisat.errors import UserError

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
           "I8": "i1", "U8": "u1", "BOOL": "?"}


def _array(name, dtype, shape, data):
    """The tensor as an array; F16 and BF16 raised to float32 (BF16 is the upper half of a float32's bits)."""
    if dtype not in _DTYPES:
        raise ValueError(f"{name} has the type {dtype}, which is not read here")
    array = np.frombuffer(data, _DTYPES[dtype]).reshape(shape)
    if dtype == "BF16":
        return (array.astype("<u4") << np.uint32(16)).view("<f4")
    return array.astype(np.float32) if dtype == "F16" else array


def read_weights(path):
    """{name: array} from a `.safetensors` file; half precision and bfloat16 are raised to float32.

    UserError when the file is missing, truncated or not safetensors.
    """
    try:
        entries = deserialize(Path(path).read_bytes())
        return {name: _array(name, entry["dtype"], entry["shape"], entry["data"]) for name, entry in entries}
    except OSError as error:
        raise UserError(f"Cannot read the weights {path}: {error.strerror or error}.") from error
    except (SafetensorError, ValueError) as error:
        raise UserError(f"{path} is not a whole safetensors file: {error}.") from error


def load_weights(encoder, path):
    """Load the file at `path`, under torchvision's names, into `encoder`. Returns the encoder.

    UserError when the file cannot be read or its names or shapes do not fit.
    """
    state = read_weights(path)
    try:
        encoder.load_state_dict(state)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    return encoder


def file_hash(path):
    """The SHA-256 of a file, 64 hexadecimal digits. UserError when it cannot be read."""
    try:
        with open(path, "rb") as file:
            digest = hashlib.sha256()
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
    return digest.hexdigest()
