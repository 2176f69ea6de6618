"""Checkpoints in torch's formats, good and bad, put together byte by byte without torch and without pickle.

A value is written as a tree of dicts, lists, tuples, numbers, texts and the three classes below.
"""

import io
import struct
import zipfile
from typing import NamedTuple

import numpy as np

KINDS = {"float64": "Double", "float32": "Float", "float16": "Half", "bfloat16": "BFloat16", "int64": "Long",
         "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool"}


class Name(NamedTuple):
    """GLOBAL: "module name"."""

    text: str


class Call(NamedTuple):
    """REDUCE: a name called with arguments; then BUILD with `state`, if there is one."""

    name: str
    arguments: tuple
    state: object = None


class Tensor(NamedTuple):
    """A view of a storage, by torch's rebuilder."""

    key: str
    dtype: str
    numel: int
    shape: tuple
    strides: tuple
    offset: int = 0
    view: tuple = ()   # the legacy format adds (None,), or (its own key, offset, numel) in the oldest files


class Raw(NamedTuple):
    """Operations as they are."""

    code: bytes


def pickled(value):
    """The bytes of a pickle of protocol 2."""
    return b"\x80\x02" + _code(value) + b"."


def _code(value):
    if isinstance(value, Raw):
        return value.code
    if isinstance(value, Name):
        return b"c" + value.text.replace(" ", "\n").encode() + b"\n"
    if isinstance(value, Call):
        state = b"" if value.state is None else _code(value.state) + b"b"
        return _code(Name(value.name)) + _code(value.arguments) + b"R" + state
    if isinstance(value, Tensor):
        storage = _code(("storage", Name(f"torch {KINDS[value.dtype]}Storage"), value.key, "cpu", value.numel,
                         *value.view)) + b"Q"
        return _code(Call("torch._utils _rebuild_tensor_v2", (
            Raw(storage), value.offset, value.shape, value.strides, False, Call("collections OrderedDict", ()))))
    if isinstance(value, dict):
        return b"}(" + b"".join(_code(key) + _code(item) for key, item in value.items()) + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(_code, value)) + b"e"
    if isinstance(value, tuple):
        return b"(" + b"".join(map(_code, value)) + b"t"
    if value is None or isinstance(value, bool):
        return {None: b"N", True: b"\x88", False: b"\x89"}[value]
    if isinstance(value, int):
        number = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        return b"\x8a" + bytes([len(number)]) + number
    text = value.encode()
    return b"X" + struct.pack("<I", len(text)) + text


def zip_checkpoint(value, storages, extras=None, compression=zipfile.ZIP_STORED):
    """A file of torch 1.6 and later; `storages` {key: bytes}, `extras` {record: bytes} beside them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(value))
        for key, content in storages.items():
            archive.writestr(f"archive/data/{key}", content)
        for record, content in (extras or {"version": b"3\n"}).items():
            archive.writestr(f"archive/{record}", content)
    return file.getvalue()


def legacy_checkpoint(value, storages, itemsizes, keys=None):
    """A file of torch before 1.6; `storages` {key: bytes}, `itemsizes` {key: bytes of one number}."""
    preamble = [0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}]
    numbers = b"".join(struct.pack("<q", len(content) // itemsizes[key]) + content for key, content in storages.items())
    return b"".join(map(pickled, [*preamble, value, list(storages) if keys is None else keys])) + numbers


def state_of(arrays):
    """{name: array} → (the same tree with Tensors, {key: bytes}, {key: item size}), one storage an array."""
    tree, storages, itemsizes = {}, {}, {}
    for key, (name, array) in enumerate(arrays.items()):
        strides = tuple(stride // array.itemsize for stride in np.empty(array.shape, array.dtype).strides)
        tree[name] = Tensor(str(key), str(array.dtype), array.size, array.shape, strides)
        storages[str(key)], itemsizes[str(key)] = array.tobytes(), array.itemsize
    return tree, storages, itemsizes


def checkpoint(arrays, kind, wrap=lambda tree: tree):
    """The bytes of a file of that kind ("zip" or "legacy") with these arrays; `wrap` may put the tree into another."""
    tree, storages, itemsizes = state_of(arrays)
    if kind == "zip":
        return zip_checkpoint(wrap(tree), storages)
    return legacy_checkpoint(wrap(tree), storages, itemsizes)
