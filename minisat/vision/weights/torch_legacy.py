"""torch's checkpoints before version 1.6: five pickles one after another, then the storages' numbers.

The pickles are a magic number, the protocol's version, facts on the machine that wrote it, the value, and the keys
of the storages in the order in which they follow, each with its length (eight bytes) before it. Numbers are
little-endian whatever the machine was.
"""

import os

import numpy as np

from minisat.vision.weights.stored import layout_of
from minisat.vision.weights.unpickler import TensorUnpickler

MAGIC_NUMBER, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
MAX_PREAMBLE = 1 << 12   # bytes of each of the first three pickles


def looks_like_pickle(start):
    """Whether a file that begins with these bytes is a pickle of protocol 2 to 5."""
    return start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def read_torch_legacy(file):
    """An open file → its value, with StoredTensors in it. ValueError when it is damaged."""
    size = os.fstat(file.fileno()).st_size
    taken, waiting = 0, {}

    def storage(dtype, key, numel):
        """Room for numbers that come later in the file."""
        nonlocal taken
        layout = layout_of(dtype)
        taken += numel * layout.itemsize
        if taken > size:
            raise ValueError("its storages claim to be larger than the file")
        waiting[key] = np.empty(numel, layout)
        return waiting[key]

    reader = TensorUnpickler(storage, budget=size)
    if reader.load(file, MAX_PREAMBLE) != MAGIC_NUMBER:
        raise ValueError("it is a pickle, but not one of torch's checkpoints")
    if reader.load(file, MAX_PREAMBLE) != PROTOCOL:
        raise ValueError("its protocol is unknown")
    reader.load(file, MAX_PREAMBLE)
    value, keys = reader.load(file), reader.load(file)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or set(keys) != waiting.keys():
        raise ValueError("the storages it names are not those it holds")
    for key in keys:
        numbers, length = waiting.pop(key, None), file.read(8)
        if len(length) < 8:
            raise ValueError("it is cut off")
        if numbers is None or int.from_bytes(length, "little") != len(numbers):
            raise ValueError(f"storage {key!r:.40} has another size than it claims")
        if file.readinto(memoryview(numbers).cast("B")) != numbers.nbytes:
            raise ValueError("it is cut off")
    return value
