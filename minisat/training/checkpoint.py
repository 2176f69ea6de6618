"""Checkpoints: named arrays in a safetensors file, with JSON beside them in its header."""

import json

import numpy as np
import safetensors
import safetensors.numpy

from minisat.backend import to_numpy
from minisat.errors import UserError
from minisat.files import whole_file

KEY = "minisat"  # safetensors' metadata maps strings to strings: ours is one entry, a JSON document


def save_checkpoint(path, tensors, metadata):
    """Write {name: array} and JSON-able `metadata` to `path`, whole or not at all.

    Arrays may live on any device. The same content gives the same bytes. UserError when the disk is full.
    """
    arrays = {name: np.asarray(to_numpy(array), order="C") for name, array in tensors.items()}
    content = safetensors.numpy.save(arrays, {KEY: json.dumps(metadata, sort_keys=True)})
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def load_checkpoint(path):
    """`path` → ({name: NumPy array}, metadata). UserError when it is missing, cut short, corrupt or not ours."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = json.loads((file.metadata() or {})[KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except FileNotFoundError as error:
        raise UserError(f"There is no checkpoint {path}.") from error
    except KeyError as error:
        raise UserError(f"{path} holds weights but no minisat checkpoint.") from error
    except (OSError, ValueError, safetensors.SafetensorError) as error:
        raise UserError(f"The checkpoint {path} cannot be read, it is cut short or corrupt: {error}.") from error
    return tensors, metadata
