"""Arrays as a trace's file holds them: statistics; few values as they are, many deflated, too many as a picture."""

import base64
import hashlib
import zlib
from math import ceil, isqrt, prod

import numpy as np

WHOLE = 160           # an array of at most so many entries is written whole
EXACT = 9             # … each with so many digits: as many as float32 has, so that sums of them are right
MANY = 1 << 17        # and one of at most so many deflated, as float32
ROOM = 5_000_000      # signs of deflated text in all, the largest arrays giving way: a page stays below 6 MB
ROWS, COLUMNS = 24, 40  # of the picture of a larger one, at most
MAPS = 16             # of an image-like array (N, C, h, w), the first item's first so many maps are drawn
NOT_FINITE = -128     # in a picture


class Tensors:
    """A table of distinct arrays: equal ones (an output that is the next layer's input) have one entry.

    `rows` is what goes into the JSON file, `arrays` {"t5": array} what goes beside it in full precision.
    """

    def __init__(self):
        self.rows, self.arrays, self._known = [], {}, {}

    def add(self, value):
        """The number of `value`, an array or a number, in the table."""
        array = np.asarray(value)
        key = (array.dtype.str, array.shape, hashlib.sha1(np.ascontiguousarray(array)).digest())
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.arrays[f"t{len(self.rows)}"] = array
            self.rows.append(describe_array(array))
        return self._known[key]

    def fit(self, room=None):
        """Leave a picture alone of the largest arrays, those made last first, until the rest has room."""
        many = sorted((self.arrays[f"t{i}"].size, i) for i, row in enumerate(self.rows) if "deflated" in row)
        used = sum(len(self.rows[i]["deflated"]) for _, i in many)
        while many and used > (ROOM if room is None else room):
            _, i = many.pop()
            used -= len(self.rows[i].pop("deflated"))
            self.rows[i]["picture"] = picture(self.arrays[f"t{i}"])


def describe_array(array):
    """{"shape", "dtype", "min", "max", "mean", "std", "norm", "zeros", "bad", and "values", "deflated" or "picture"}.

    Statistics are of the finite entries; `zeros` is the share of exact zeros, `bad` counts what is not finite.
    `deflated` is base64 of zlib's of the entries as little-endian float32; more than MANY are a picture.
    """
    numbers = array.astype(np.float64).ravel()
    good = numbers[np.isfinite(numbers)]
    row = {"shape": list(array.shape), "dtype": str(array.dtype), "bad": int(numbers.size - good.size)}
    if good.size:
        with np.errstate(over="ignore", invalid="ignore"):
            row |= {"min": short(good.min()), "max": short(good.max()), "mean": short(good.mean()),
                    "std": short(good.std()), "norm": short(np.sqrt(np.square(good).sum())),
                    "zeros": short(float((numbers == 0).mean()))}
    if array.size <= WHOLE:
        row["values"] = [short(x, EXACT) for x in numbers]
    elif array.size <= MANY:
        row["deflated"] = deflated(numbers)
    else:
        row["picture"] = picture(array)
    return row


def deflated(numbers):
    """Numbers as a short text: base64 of zlib's of float32."""
    with np.errstate(over="ignore"):
        return base64.b64encode(zlib.compress(numbers.astype("<f4").tobytes(), 6)).decode()


def inflated(text, most):
    """The float32 array of a `deflated` text of at most `most` entries. ValueError where it is none."""
    flow = zlib.decompressobj()
    try:
        found = flow.decompress(base64.b64decode(text, validate=True), 4 * most + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not flow.eof or len(found) % 4:
        raise ValueError("not as many numbers")
    return np.frombuffer(found, "<f4")


def array_of(row):
    """The numbers of a tensor as its row in the file has them, float64; None where only a picture is left."""
    if "values" in row:
        return np.array(row["values"], np.float64).reshape(row["shape"])
    if "deflated" in row:
        return inflated(row["deflated"], prod(row["shape"])).astype(np.float64).reshape(row["shape"])
    return None


def short(x, digits=4):
    """A number with few digits, as JSON can hold it: what is not finite becomes text."""
    x = float(x)
    return float(f"{x:.{digits}g}") if np.isfinite(x) else str(x)


def picture(array):
    """A large array as a small table of block means: {"rows", "columns", "scale", "cells", "of"}.

    `cells` are base64 of int8, −127 to 127 for −scale to scale, −128 where a block holds what is not finite.
    `of` says what is drawn: the last axis runs to the right, all others down; of images, some maps side by side.
    """
    table, of = _table(array.astype(np.float64))
    rows, columns = (min(size, most) for size, most in zip(table.shape, (ROWS, COLUMNS)))
    cuts = [np.linspace(0, size, count + 1).astype(int)[:-1] for size, count in zip(table.shape, (rows, columns))]
    with np.errstate(all="ignore"):
        sums = np.add.reduceat(np.add.reduceat(table, cuts[0], axis=0), cuts[1], axis=1)
        counts = [np.diff([*cut, size]) for cut, size in zip(cuts, table.shape)]
        means = sums / np.outer(*counts)
    finite = np.isfinite(means)
    scale = float(np.abs(means[finite]).max(initial=0.0)) or 1.0
    cells = np.full(means.shape, NOT_FINITE, np.int8)
    cells[finite] = np.round(127 * means[finite] / scale)
    return {"rows": rows, "columns": columns, "scale": short(scale), "of": of,
            "cells": base64.b64encode(cells.tobytes()).decode()}


def _table(array):
    if array.ndim != 4:
        return array.reshape(-1, array.shape[-1]), "all entries" if array.ndim < 3 else "all but the last axis down"
    maps = array[0, :MAPS]
    across = isqrt(len(maps) - 1) + 1
    down = ceil(len(maps) / across)
    maps = np.concatenate([maps, np.zeros((across * down - len(maps), *maps.shape[1:]))])
    h, w = maps.shape[1:]
    table = maps.reshape(down, across, h, w).transpose(0, 2, 1, 3).reshape(down * h, across * w)
    return table, f"the first item, maps 1 to {min(MAPS, array.shape[1])} of {array.shape[1]}, {across} side by side"
