"""The feature store: the grids of many photos in one memory-mapped file, and what they were made from.

A store is a folder: `features.npy`, one float16 array (photos, L, D) that `np.load(mmap_mode="r")` reads, and
`header.json`, which says what the rows are and how many are done. A row counts as done only after its bytes are
on the disk, so a store survives `kill -9` and can be resumed.
"""

import os
import zlib
from contextlib import ExitStack, suppress
from pathlib import Path
from tokenize import TokenError

import numpy as np

from minisat.errors import UserError, note
from minisat.files import write_json
from minisat.locks import locked
from minisat.vision.store_header import FORMAT, read_header

LARGEST = 65504.0  # of float16

# What must be equal for a model trained on one store to be used with another, and how to say that it isn't.
_IDENTITY = {"encoder": "the encoder {}", "grid": "the grid {}", "weights_hash": "weights with the hash {}",
             "preprocessing": "the preprocessing {}", "L": "{} locations", "D": "{} features a location"}


def check_compatible(header, other, what="The model"):
    """UserError in one sentence when features described by `header` are not those that `other` describes.

    Both are dicts with encoder, grid, weights_hash, preprocessing, L and D (a key that `other` lacks is not
    compared). `what` names the owner of `other`.
    """
    for key, phrase in _IDENTITY.items():
        if key in other and header.get(key) != other[key]:
            raise UserError(f"{what} was made with {phrase.format(other[key])}, but these features with "
                            f"{phrase.format(header.get(key))}.")


def as_stored(x):
    """Numbers as a store keeps them, float32 rounded to float16: so a photo has one caption however it comes."""
    return x.astype(np.float16).astype(np.float32)


class FeatureStore:
    """The rows of a store, for reading. Make one with `FeatureStore.open(path)`.

    `header`: the dict in header.json. `names`: image names by row. `shape`: (L, D). `scale`: the features' root
    mean square over the training photos, by which a model divides.
    """

    def __init__(self, path, header, features):
        self.path, self.header, self.features = Path(path), header, features
        self.names, self.shape = header["names"], (header["L"], header["D"])
        self.done, self.skipped, self.scale = header["done"], header["skipped"], header["scale"]
        self._rows = {name: row for row, name in enumerate(self.names)}

    @classmethod
    def open(cls, path):
        """The store in the folder `path`. UserError when there is none or it is damaged."""
        header = read_header(path)
        shape = (len(header["names"]), header["L"], header["D"])
        try:
            features = np.load(Path(path) / "features.npy", mmap_mode="r")
        except (OSError, ValueError, EOFError, SyntaxError, TokenError) as error:  # its header is read as Python text
            raise UserError(f"The feature store {path} is damaged: its features.npy cannot be read.") from error
        if features.shape != shape or features.dtype != np.float16:
            raise UserError(f"The feature store {path} is damaged: features.npy holds {features.dtype} "
                            f"{features.shape} where the header says float16 {shape}.")
        return cls(path, header, features)

    def identity(self):
        """What a model trained on this store must remember of it: see `check_compatible`."""
        return {key: self.header[key] for key in _IDENTITY}

    def check_compatible(self, other, what="The model"):
        """UserError in one sentence when a model whose `other` (an `identity()`) differs cannot use this store."""
        check_compatible(self.header, other, what)

    def rows(self, names):
        """int64 rows (K,) of the named photos. UserError for a photo that is absent, skipped or not yet done."""
        rows = np.array([self._rows.get(name, -1) for name in names], dtype=np.int64)
        for name, row in zip(names, rows):
            if row < 0:
                raise UserError(f"The feature store {self.path} has no photo {name}.")
            if name in self.skipped:
                raise UserError(f"The photo {name} was left out of the feature store {self.path}: "
                                f"{self.skipped[name]}")
            if row >= self.done:
                raise UserError(f"The feature store {self.path} is unfinished ({self.done} of {len(self.names)} photos "
                                f"done, not yet {name}): run `minisat features` again to go on.")
        return rows

    def verify(self, rows):
        """Read these rows (K,) once, before work that relies on them; UserError when they are not what was written.

        Each is held against its CRC-32 in the header. A store of an earlier version has none: that is noted, and its
        rows must at least be finite. Rows that are all alike are refused (`check_varied`).
        Cost: about 0.3 s of one core for a gigabyte of features, beside reading it from the disk, which comes anyway.
        """
        checksums = self.header.get("checksums")
        if checksums is None:
            note(f"The feature store {self.path} has no checksums, since an earlier version made it: that its rows are "
                 "unchanged cannot be verified.")
        for row in rows:
            values = self.features[row]
            if checksums is None and not _finite(values):
                raise UserError(f"The features of {self.names[row]} in the store {self.path} are not finite numbers: "
                                "make the store again.")
            if checksums is not None and zlib.crc32(values) != checksums[row]:
                raise UserError(f"The feature store {self.path} is damaged: the row of {self.names[row]} is not what "
                                "was written. Make the store again.")
        self.check_varied(rows)

    def check_varied(self, rows=None):
        """UserError when these rows, or all that hold a photo, are several and yet all alike: no network saw that."""
        if rows is None:
            rows = [row for row in range(self.done) if self.names[row] not in self.skipped]
        if len(rows) > 1 and all(np.array_equal(self.features[row], self.features[rows[0]]) for row in rows[1:]):
            raise UserError(f"The feature store {self.path} is useless: its {len(rows)} photos all have the same "
                            "features. Were these the right weights?")

    def gather(self, rows):
        """rows (N,) of ints → float32 (N, L, D), raw values (not divided by the scale)."""
        found = np.empty((len(rows), *self.shape), np.float32)
        for target, row in zip(found, rows):  # straight from the map: no float16 copy in between
            target[...] = self.features[row]
        return found


def _finite(values):
    """Whether all of a float16 array is finite: told by the exponent's bits, which is many times faster."""
    return bool((values.view(np.uint16) & 0x7FFF).max(initial=0) < 0x7C00)


class StoreWriter:
    """Appends rows to a store, new or unfinished. A context manager.

    `header`: encoder, grid, weights_hash, weights, preprocessing, names, L, D. When the folder holds an
    unfinished store of the same, writing goes on behind what is done; UserError when it holds another, and when
    another process writes into it.
    """

    def __init__(self, path, header):
        self.path = Path(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"Cannot make the folder {self.path}: {error.strerror or error}.") from error
        with ExitStack() as stack:  # let go of where something goes wrong, else kept until `close`
            stack.enter_context(locked(self.path))
            for unfinished in self.path.glob(".*.partial"):  # of a process that was killed
                unfinished.unlink(missing_ok=True)
            self._begin(self.path, header)
            self._lock = stack.pop_all()

    def _begin(self, path, header):
        """Create the store, or find where to go on."""
        if (path / "header.json").exists():
            self.header = read_header(path)
            check_compatible(header, self.header, f"The feature store {path}")
            if self.header["names"] != header["names"]:
                raise UserError(f"The feature store {path} is of other photos: choose another folder.")
            self.done = self.header["done"]
            self._resume()
        else:
            self.header = {"format": FORMAT, **header, "done": 0, "skipped": {}, "scale": 1.0,
                           "sum_of_squares": 0.0, "values_counted": 0, "checksums": []}
            self.done = 0
            self._create()

    def __enter__(self):
        return self

    def __exit__(self, kind, *problem):
        """Keep what is done, also when something went wrong (Ctrl-C, a broken photo, a full disk)."""
        try:
            self.commit()
        except UserError:
            if kind is None:
                raise
        finally:
            self.close()

    def close(self):
        """Let go of the folder; what was not committed does not count."""
        with suppress(OSError):
            self.file.close()
        self._lock.close()

    def _opened(self, mode):
        try:
            return open(self.path / "features.npy", mode)
        except OSError as error:
            raise UserError(f"Cannot write {self.path / 'features.npy'}: {error.strerror or error}.") from error

    def _create(self):
        """An empty features.npy of the full size, then the header: only then is it a store."""
        h = self.header
        self.file = self._opened("wb")
        np.lib.format.write_array_header_1_0(
            self.file, {"descr": "<f2", "fortran_order": False, "shape": (len(h["names"]), h["L"], h["D"])})
        self.start = self.file.tell()
        self.file.truncate(self.start + len(h["names"]) * h["L"] * h["D"] * 2)
        self.commit()

    def _resume(self):
        """Open features.npy behind its own header."""
        self.file = self._opened("rb+")
        np.lib.format.read_magic(self.file)
        np.lib.format.read_array_header_1_0(self.file)
        self.start = self.file.tell()

    def append(self, features, counted, skipped=None):
        """Write the next rows: features (N, L, D); `counted` (N,) says which are training photos (for the scale).

        `skipped` {name: reason} names rows of this batch that hold no photo. The rows count as done after the
        next `commit`. UserError for values that float16 cannot hold, and for a full disk.
        """
        largest = float(np.abs(features).max(initial=0.0))
        if not largest <= LARGEST:
            raise UserError(f"The features hold {largest:g}, but a store's largest number is {LARGEST:g}: "
                            "are these the right weights?")
        half = features.astype("<f2")
        try:
            self.file.seek(self.start + self.done * self.header["L"] * self.header["D"] * 2)
            self.file.write(half.tobytes())
        except OSError as error:
            raise UserError(f"Cannot write {self.path / 'features.npy'}: {error.strerror or error}.") from error
        values = half[np.asarray(counted, bool)].astype(np.float32).ravel()
        self.header["sum_of_squares"] += float(np.square(values, dtype=np.float64).sum())
        self.header["values_counted"] += values.size
        self.header["skipped"].update(skipped or {})
        if "checksums" in self.header:  # a store that an earlier version began goes on without
            self.header["checksums"] += [zlib.crc32(row) for row in half]
        self.done += len(features)

    def commit(self):
        """Flush the rows to the disk, then say in the header that they are done."""
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as error:
            raise UserError(f"Cannot write {self.path / 'features.npy'}: {error.strerror or error}.") from error
        h = self.header
        h["done"] = self.done
        if h["values_counted"]:
            h["scale"] = max((h["sum_of_squares"] / h["values_counted"]) ** 0.5, 1e-6)
        write_json(self.path / "header.json", h)
