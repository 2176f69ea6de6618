"""The safetensors format: eight bytes with the header's length, a JSON header, and the numbers.

The format is described at https://github.com/huggingface/safetensors (README, section Format).
"""

import json
import math
import os
from collections import Counter

import numpy as np

from minisat.vision.weights.stored import MAX_DIMENSIONS, StoredTensor, is_size, layout_of

MAX_HEADER = 1 << 22   # bytes: some forty thousand tensors; ResNet-152's has 0.1 MB
_TYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
          "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool"}


def looks_like_safetensors(start):
    """Whether a file that begins with these bytes (sixteen will do) claims to be one."""
    return len(start) > 8 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 32


def read_safetensors(file):
    """An open file → ({name: StoredTensor}, {key: text} of its metadata). ValueError when it is damaged."""
    size = os.fstat(file.fileno()).st_size
    length = int.from_bytes(file.read(8), "little")
    if length > size - 8:
        raise ValueError("its header is cut off")
    if length > MAX_HEADER:
        raise ValueError(f"its header has {length} bytes, more than any network's")
    header = json.loads(file.read(length), object_pairs_hook=_each_once)
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise ValueError("its metadata are not texts")
    places = {name: _place(name, entry) for name, entry in header.items()}
    end = 0
    for _, _, begin, stop in sorted(places.values(), key=lambda place: place[2:]):
        if begin != end:
            raise ValueError("its tensors overlap or leave a gap")
        end = stop
    if end != size - 8 - length:
        raise ValueError(f"it should have {8 + length + end} bytes and has {size}")
    data = np.frombuffer(file.read(), np.uint8)
    return {name: StoredTensor(dtype, data[begin:stop].view(layout_of(dtype)).reshape(shape))
            for name, (dtype, shape, begin, stop) in places.items()}, metadata


def _each_once(pairs):
    """The pairs of a JSON object as a dict; ValueError where two have one name: readers would take different ones."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"its header has {twice!r:.100} twice")
    return found


def _place(name, entry):
    """A header entry → (type, shape, begin, stop), checked as far as it can be without its neighbours."""
    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise ValueError(f"the header says too little about {name!r:.100}")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not (isinstance(shape, list) and len(shape) <= MAX_DIMENSIONS and all(map(is_size, shape))
            and isinstance(offsets, list) and len(offsets) == 2 and all(map(is_size, offsets))):
        raise ValueError(f"the header gives {name!r:.100} no valid shape and place")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in _TYPES:
        raise ValueError(f"{name!r:.100} has the type {entry['dtype']!r:.40}, which is not read here")
    dtype = _TYPES[entry["dtype"]]
    if offsets[1] - offsets[0] != math.prod(shape) * layout_of(dtype).itemsize:
        raise ValueError(f"the shape of {name!r:.100} does not fit its bytes")
    return dtype, shape, *offsets
