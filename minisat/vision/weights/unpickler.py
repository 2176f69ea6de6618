"""An interpreter for pickles that can build tensors and plain containers, and nothing else.

A pickle is a little program: it may name any function of any module and have it called. So `pickle` is not used at
all. `pickletools` (standard library) says how the bytes of an operation are laid out; the operations below move inert
values about on a stack. A name is looked up in a table of five containers, the tensor rebuilders and the types of
storages; any other is refused before anything comes of it. The operation for storages goes to the caller, which
holds the sizes that the pickle claims against the file.

Why not `pickle.Unpickler` with a `find_class` of our own, which would be a fifth of this? C's unpickler obeys some
operations before it asks anybody: LONG_BINPUT and BINBYTES8 with a large number allocate gigabytes for a file of a few
bytes.
"""

import io
import math
import pickletools
from dataclasses import dataclass

import numpy as np

from minisat.vision.weights.stored import MAX_DIMENSIONS, StoredTensor, is_size

MAX_STEPS = 1_000_000        # the state dict of ResNet-152 takes 40 thousand
MAX_BYTES = 1 << 26          # of one pickle; ResNet-152's has 0.2 MB
MAX_DEPTH = 32               # of containers in containers
SPARE_BYTES = 1 << 26        # expanded tensors may be larger than the file by so much

_STORAGES = {f"{module} {kind}Storage": dtype for module in ("torch", "torch.cuda") for kind, dtype in {
    "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64",
    "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool"}.items()}


@dataclass(frozen=True, eq=False)
class Name:
    """A module and a name in it that the pickle may use, "module name". It stands for nothing by itself."""

    name: str


@dataclass(frozen=True, eq=False)
class Storage:
    """The flat numbers that tensors are views of."""

    dtype: str
    data: np.ndarray   # 1-D


def is_key(value):
    """Whether it may be a key or a set's element: hashed quickly whatever a file's author intends."""
    return value is None or isinstance(value, (str, bool)) or (type(value) is int and abs(value) < 2**63)


def _mapping(items=()):
    """OrderedDict and Counter: from pairs or from a dict."""
    pairs = list(items.items()) if isinstance(items, dict) else items
    if not isinstance(pairs, (list, tuple)) or not all(
            isinstance(pair, (tuple, list)) and len(pair) == 2 and is_key(pair[0]) for pair in pairs):
        raise ValueError("a mapping in it is damaged")
    return dict(map(tuple, pairs))


def _set(items=()):
    if not isinstance(items, (tuple, list)) or not all(map(is_key, items)):
        raise ValueError("a set in it is damaged")
    return set(items)


def _size(items=()):
    if not isinstance(items, (tuple, list)):
        raise ValueError("a size in it is damaged")
    return tuple(items)


def _parameter(tensor, *flags):
    """A Parameter is its tensor: whether it was being trained is not asked here."""
    if not isinstance(tensor, StoredTensor):
        raise ValueError("a parameter in it is no tensor")
    return tensor


class TensorUnpickler:
    """One pickle after another. `storage(dtype, key, numel) → 1-D array` says where a storage's numbers are.

    `budget` is how many bytes all tensors together may take.
    """

    def __init__(self, storage, budget):
        self._storage, self._budget, self._storages = storage, budget + SPARE_BYTES, {}
        self._calls = {
            "collections OrderedDict": _mapping, "collections Counter": _mapping, "builtins set": _set,
            "__builtin__ set": _set, "torch Size": _size, "torch._utils _rebuild_tensor": self._tensor,
            "torch._utils _rebuild_tensor_v2": self._tensor, "torch._utils _rebuild_parameter": _parameter,
            "torch.nn.parameter Parameter": _parameter}

    def load(self, file, limit=MAX_BYTES):
        """The value of the pickle that begins at the file's position, which moves behind it.

        ValueError when it is damaged, foreign, longer than `limit` bytes, or nested too deep.
        """
        start = file.tell()
        stream = io.BytesIO(file.read(limit))
        try:
            value = self._run(stream)
        except (IndexError, KeyError, TypeError) as error:   # the stack is too short, the memo has no such entry, …
            raise ValueError("its pickle is damaged") from error
        file.seek(start + stream.tell())
        _check_depth(value)
        return value

    def _run(self, stream):
        stack, marks, memo, work = [], [], {}, 0

        def pop_to_mark():
            begin = marks.pop()
            items = stack[begin:]
            del stack[begin:]
            return items

        while True:
            code, work = stream.read(1), work + 1
            if work > MAX_STEPS:
                raise ValueError(f"its pickle takes more than {MAX_STEPS} steps")
            if code not in _OPERATIONS:
                raise ValueError(f"its pickle has the operation {code!r}, which no weights file needs" if code else
                                 "its pickle is cut off")
            name, read_argument = _OPERATIONS[code]
            argument = read_argument(stream)
            if name in _VALUES:
                if type(argument) is int and argument.bit_length() > 128:
                    raise ValueError("it holds a number of more than 128 bits")
                stack.append(argument)
            elif name in _CONSTANTS:
                stack.append(_CONSTANTS[name])
            elif name in _EMPTY:
                stack.append(_EMPTY[name]())
            elif name == "MARK":
                marks.append(len(stack))
            elif name == "TUPLE":
                stack.append(tuple(pop_to_mark()))
            elif name in _SHORT_TUPLES:
                items = [stack.pop() for _ in range(_SHORT_TUPLES[name])]
                stack.append(tuple(reversed(items)))
            elif name in ("APPEND", "APPENDS"):
                items = pop_to_mark() if name == "APPENDS" else [stack.pop()]
                _of_type(stack[-1], list).extend(items)
            elif name in ("SETITEM", "SETITEMS"):
                items = pop_to_mark() if name == "SETITEMS" else [stack.pop(-2), stack.pop()]
                if len(items) % 2:
                    raise IndexError("a key without its value")
                _of_type(stack[-1], dict).update(_mapping([*zip(items[::2], items[1::2])]))
            elif name == "ADDITEMS":
                items = pop_to_mark()
                _of_type(stack[-1], set).update(_set(items))
            elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
                memo[len(memo) if argument is None else argument] = stack[-1]
            elif name in ("BINGET", "LONG_BINGET"):
                stack.append(memo[argument])
            elif name == "GLOBAL":
                stack.append(self._allowed(argument))
            elif name == "STACK_GLOBAL":
                last = _of_type(stack.pop(), str)
                stack.append(self._allowed(f"{_of_type(stack.pop(), str)} {last}"))
            elif name in ("REDUCE", "NEWOBJ"):
                arguments = _of_type(stack.pop(), tuple)
                work += sum(len(item) for item in arguments if isinstance(item, (dict, list, tuple)))   # it copies them
                stack.append(self._calls[_of_type(stack.pop(), Name).name](*arguments))
            elif name == "BUILD":   # an OrderedDict's _metadata, an old Parameter's flags: not needed
                stack.pop()
                if not isinstance(stack[-1], (dict, StoredTensor)):
                    raise ValueError("it sets attributes, which only a mapping or a parameter may have")
            elif name == "BINPERSID":
                stack.append(self._persistent(stack.pop()))
            elif name == "STOP":
                return stack.pop()

    def _allowed(self, name):
        if name not in self._calls and name not in _STORAGES:
            shown = name.replace(" ", ".") if name.isprintable() else ascii(name)
            raise ValueError(f"it asks for {shown:.80}, but a weights file may hold tensors and plain containers only "
                             "(nothing in it was run)")
        return Name(name)

    def _persistent(self, identity):
        """("storage", type, key, device, numel[, view]) → Storage; a view is (its own key, offset, numel)."""
        if not isinstance(identity, tuple) or len(identity) not in (5, 6) or identity[0] != "storage":
            raise ValueError("it refers to something that is no storage")
        _, kind, key, _, numel = identity[:5]
        dtype = _STORAGES[_of_type(kind, Name).name]
        if not isinstance(key, str) or not is_size(numel):
            raise ValueError("the key or the size of a storage in it is damaged")
        if key not in self._storages:
            self._storages[key] = Storage(dtype, self._storage(dtype, key, numel))
        storage = self._storages[key]
        if storage.dtype != dtype or len(storage.data) != numel:
            raise ValueError(f"it contradicts itself about storage {key!r:.40}")
        if len(identity) == 5 or identity[5] is None:
            return storage
        _, offset, count = _of_type(identity[5], tuple)
        if not (is_size(offset) and is_size(count) and offset + count <= numel):
            raise ValueError(f"a view of storage {key!r:.40} reaches beyond its end")
        return Storage(dtype, storage.data[offset:offset + count])

    def _tensor(self, storage, offset, shape, strides, *flags):
        """torch's rebuilders: a view of a storage, which must not reach beyond it."""
        dtype, data = _of_type(storage, Storage).dtype, storage.data
        shape, strides = _of_type(shape, tuple), _of_type(strides, tuple)
        if not (is_size(offset) and all(map(is_size, shape)) and all(map(is_size, strides))
                and len(shape) == len(strides) <= MAX_DIMENSIONS):
            raise ValueError("the shape, the strides or the offset of a tensor in it are damaged")
        if 0 in shape:
            return StoredTensor(dtype, np.empty(shape, data.dtype))
        if offset + sum((n - 1) * stride for n, stride in zip(shape, strides)) >= len(data):
            raise ValueError(f"a tensor of shape {shape!s:.80} reaches beyond the end of its storage")
        self._budget -= math.prod(shape) * data.itemsize
        if self._budget < 0:
            raise ValueError("its tensors would take far more memory than the file has")
        steps = [0 if n == 1 else stride * data.itemsize for n, stride in zip(shape, strides)]
        return StoredTensor(dtype, np.lib.stride_tricks.as_strided(data[offset:], shape, steps, writeable=False))


_VALUES = {"BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE",
           "BINUNICODE8", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_SET": set}
_SHORT_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_OTHERS = {"PROTO", "FRAME", "MARK", "TUPLE", "APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS", "BINPUT",
           "LONG_BINPUT", "MEMOIZE", "BINGET", "LONG_BINGET", "GLOBAL", "STACK_GLOBAL", "REDUCE", "NEWOBJ", "BUILD",
           "BINPERSID", "STOP"}


def _read_name(stream):
    """GLOBAL's two lines as "module name"."""
    module, name = stream.readline(), stream.readline()
    if not (module.endswith(b"\n") and name.endswith(b"\n")):
        raise ValueError("its pickle is cut off")
    return f"{module[:-1].decode('ascii')} {name[:-1].decode('ascii')}"


# {code: (name, reader of its argument)} of what protocols 2 to 5 need; the rest is refused unread
_OPERATIONS = {
    operation.code.encode("latin-1"): (operation.name, operation.arg.reader if operation.arg else lambda stream: None)
    for operation in pickletools.opcodes
    if operation.name in _VALUES | _CONSTANTS.keys() | _EMPTY.keys() | _SHORT_TUPLES.keys() | _OTHERS}
_OPERATIONS[b"c"] = ("GLOBAL", _read_name)


def _of_type(value, kind):
    """`value`, when it is of that type."""
    if not isinstance(value, kind):
        raise ValueError(f"its pickle has a {type(value).__name__} where a {kind.__name__} belongs")
    return value


def _check_depth(value):
    """ValueError for containers nested too deep, or in themselves: level by level, each container once a level."""
    level = [[value]]
    for _ in range(MAX_DEPTH):
        inner = {}
        for container in level:
            for item in container.values() if isinstance(container, dict) else container:
                if isinstance(item, (dict, list, tuple)):
                    inner[id(item)] = item
        level = list(inner.values())
        if not level:
            return
    raise ValueError(f"its containers are nested more than {MAX_DEPTH} deep")

