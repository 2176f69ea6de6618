"""Read a weights file of any kind: recognised by its content, held under torchvision's names."""

import json
import struct
import zipfile
from typing import NamedTuple

from minisat.errors import UserError
from minisat.nn import Module
from minisat.vision.soundness import check_sound
from minisat.vision.weights.naming import named_weights
from minisat.vision.weights.safetensors_file import looks_like_safetensors, read_safetensors
from minisat.vision.weights.torch_legacy import looks_like_pickle, read_torch_legacy
from minisat.vision.weights.torch_zip import MAGIC, read_torch_zip

# what other files begin with, and what to say of them
_OTHERS = {b"": "it is empty", b"<": "it is a web page, so the download went wrong",
           b"version https://git-lfs": "it only points to a file in git LFS: fetch that one",
           b"\x89HDF": "it is an HDF5 (Keras) file, which is not read here", b"\x93NUMPY": "it is a NumPy array",
           **dict.fromkeys((b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), "it is compressed: unpack it first")}
_DAMAGE = (ValueError, OverflowError, EOFError, RuntimeError, struct.error, zipfile.BadZipFile)  # RecursionError too


class Checkpoint(NamedTuple):
    """What is in a file."""

    kind: str        # safetensors, torch zip or torch legacy
    value: object    # containers with StoredTensors in them; {name: StoredTensor} for safetensors
    metadata: dict   # {key: text}; safetensors only


def read_checkpoint(path):
    """Read a file as it is: a Checkpoint. Nothing in it is executed.

    UserError when it cannot be read, is damaged, lies about its sizes, or asks for more than tensors and containers.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(64)
            file.seek(0)
            if start.startswith(MAGIC):
                return Checkpoint("torch zip", read_torch_zip(file), {})
            if looks_like_pickle(start):
                return Checkpoint("torch legacy", read_torch_legacy(file), {})
            if looks_like_safetensors(start):
                return Checkpoint("safetensors", *read_safetensors(file))
    except OSError as error:
        raise UserError(f"Cannot read the weights {path}: {error.strerror or error}.") from error
    except json.JSONDecodeError as error:
        raise UserError(f"Cannot read the weights {path}: its header is not JSON.") from error
    except MemoryError as error:
        raise UserError(f"Cannot read the weights {path}: there is not enough memory for them.") from error
    except _DAMAGE as error:
        raise UserError(f"Cannot read the weights {path}: {_sentence(error)}.") from error
    reason = next((said for magic, said in _OTHERS.items() if (start.startswith(magic) if magic else not start)),
                  "it is neither a safetensors file nor a checkpoint of torch")
    raise UserError(f"Cannot read the weights {path}: {reason}.")


def _sentence(error):
    """The error's text as the end of a sentence, on one line."""
    text = " ".join(str(error).split()).rstrip(".") or "it is damaged"
    return text if len(text) < 300 else text[:300] + " …"


def read_weights(path):
    """{torchvision's name: array} of a `.safetensors`, `.pth` or `.pt` file, plain or wrapped.

    Half precision and bfloat16 are raised to float32. UserError as for `read_checkpoint`, and when the file holds no
    named tensors.
    """
    return {name: tensor.array() for name, tensor in named_weights(read_checkpoint(path).value, path).tensors.items()}


def load_weights(encoder, path):
    """Load the file at `path` into `encoder`. Returns the encoder.

    Pretrained weights, or the checkpoint of a run whose encoder was trained too (best.safetensors), which bears our own
    names. UserError when the file cannot be read, when its names or shapes do not fit, and when no trained network has
    such numbers (not finite, whole, all zero, negative variances).
    """
    state = read_weights(path)
    tuned = {name.rpartition("encoder.")[2]: array for name, array in state.items()
             if name.startswith(("encoder.", "sight.encoder."))}
    try:
        if tuned and any(name.startswith("captioner.") for name in state):
            check_sound(tuned)
            Module.load_state_dict(encoder, tuned)
        else:
            encoder.load_pretrained(state)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    return encoder
