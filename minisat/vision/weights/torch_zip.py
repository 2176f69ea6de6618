"""torch's checkpoints since version 1.6: a zip archive with one pickle, and one record for each storage."""

import io
import os
import zipfile

import numpy as np

from minisat.vision.weights.stored import layout_of
from minisat.vision.weights.unpickler import MAX_BYTES, TensorUnpickler

MAX_DIRECTORY = 1 << 22   # bytes of the archive's table of contents: some forty thousand records
MAGIC = b"PK\x03\x04"


class _Bounded:
    """A file of which `zipfile` may take only so much at once while it reads the table of contents."""

    def __init__(self, file):
        self.file, self.limit = file, MAX_DIRECTORY
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size=-1):
        """`size` bytes (−1: all that follow), or ValueError where there are more than the limit."""
        if self.limit is None or 0 <= size <= self.limit:
            return self.file.read(size)
        content = self.file.read(self.limit + 1)
        if len(content) > self.limit:
            raise ValueError("its table of contents is too large")
        return content


def read_torch_zip(file):
    """An open file → its value, with StoredTensors in it. ValueError or zipfile.BadZipFile when it is damaged."""
    size = os.fstat(file.fileno()).st_size
    bounded = _Bounded(file)
    with zipfile.ZipFile(bounded) as archive:
        bounded.limit = None   # from here on, no record is read that claims to be larger than the file
        records = {entry.filename: entry for entry in archive.infolist()}
        if len(records) < len(archive.infolist()):
            raise ValueError("it has two records of one name")
        # torch never compresses: what claims to grow is a bomb. Stored records cannot be larger than the file.
        if any(entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size
               for entry in archive.infolist()):
            raise ValueError("its records are compressed, which torch never does")
        if sum(entry.file_size for entry in archive.infolist()) > size:
            raise ValueError("its records claim to be larger than the file")
        pickles = [name for name in records if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise ValueError("it is a zip archive, but not one of torch's")
        folder = pickles[0].removesuffix("data.pkl")
        if f"{folder}constants.pkl" in records:
            raise ValueError("it is a TorchScript program, not a checkpoint: save the model's state_dict")
        order = _byte_order(archive, records, f"{folder}byteorder")

        def storage(dtype, key, numel):
            entry, layout = records.get(f"{folder}data/{key}"), layout_of(dtype, order)
            if entry is None:
                raise ValueError(f"storage {key!r:.40} is not in it")
            if entry.file_size != numel * layout.itemsize:
                raise ValueError(f"storage {key!r:.40} should have {numel * layout.itemsize} bytes and has "
                                 f"{entry.file_size}")
            return np.frombuffer(archive.read(entry), layout)

        if records[pickles[0]].file_size > MAX_BYTES:
            raise ValueError("its pickle is too large")
        return TensorUnpickler(storage, budget=size).load(io.BytesIO(archive.read(pickles[0])))


def _byte_order(archive, records, name):
    """"<" or ">": older files do not say, and are little-endian."""
    if name not in records:
        return "<"
    text = archive.read(name)[:10]
    if text not in (b"little", b"big"):
        raise ValueError("its byte order is neither little nor big")
    return "<" if text == b"little" else ">"
