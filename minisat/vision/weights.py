"""Pretrained weights from a file: read, raised to float32, and identified by their hash."""

import hashlib
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from minisat.errors import UserError


def read_weights(path):
    """{name: array} from a `.safetensors` file; half precision is raised to float32.

    UserError when the file is missing, truncated or not safetensors.
    """
    try:
        state = load(Path(path).read_bytes())
    except OSError as error:
        raise UserError(f"Cannot read the weights {path}: {error.strerror or error}.") from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise UserError(f"{path} is not a whole safetensors file: {error}.") from error
    return {name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in state.items()}


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
