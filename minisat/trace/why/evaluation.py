"""Python's interpreter of the rules: many entries at once, as arrays.

A value is a pair (array, there): `there` is False where the value is nothing (see language.py), or True for all.
Indices are arrays too, each with axes of its own, so that NumPy's broadcasting makes the table of all of them.
"""

import numpy as np

from minisat.nn.activations import sigmoid

_FUNCTIONS = {"exp": np.exp, "log": np.log, "tanh": np.tanh, "sigmoid": sigmoid, "sqrt": np.sqrt, "abs": np.abs,
              "min": np.minimum, "max": np.maximum}
_COMPARED = {"=": np.equal, "≠": np.not_equal, "<": np.less, ">": np.greater, "≤": np.less_equal,
             "≥": np.greater_equal}


def evaluate(tree, indices, read):
    """(array, there) of a tree, for the `indices` {name: array}.

    `read(name, call, occurrence)` → the array of a tensor: of this call (`call` None), of one call of a layer inside,
    or (`occurrence` None) of all its calls, with an axis for them in front.
    """
    if isinstance(tree, str):
        return indices[tree], True
    if not isinstance(tree, list):
        return np.asarray(tree), True
    kind = tree[0]
    if kind == "at":
        return _entry(tree, indices, read)
    if kind in ("sum", "max", "argmax"):
        return _reduced(kind, *opened(tree, indices), read)
    if kind == "if":
        (a, a_there), (b, b_there) = (evaluate(part, indices, read) for part in tree[2:])
        return np.ones(()), np.logical_and(np.logical_and(a_there, b_there), _COMPARED[tree[1]](a, b))
    parts = [evaluate(part, indices, read) for part in tree[2 if kind == "fn" else 1:]]
    if kind == "+":
        there = parts[0][1]
        for _, other in parts[1:]:
            there = np.logical_or(there, other)
        total = sum(np.where(other, value, 0) for value, other in parts)
        return total, there
    there = True
    for _, other in parts:
        there = other if there is True else there if other is True else np.logical_and(there, other)
    values = [value for value, _ in parts]
    if kind == "fn":
        return _FUNCTIONS[tree[1]](*values), there
    return _arithmetic(kind, values), there


def _arithmetic(kind, values):
    first = values[0]
    if kind == "-":
        return -first
    if kind == "*":
        for value in values[1:]:
            first = first * value
        return first
    if kind == "/":
        return first / values[1]
    if kind == "//":
        return first // values[1]
    return first % values[1] if kind == "%" else np.power(first, values[1])


def opened(tree, indices):
    """(body, indices, how many axes more) of a reduction: each of its axes is a new one at the end."""
    _, axes, body = tree
    count = len(axes)
    inner = {name: np.asarray(value)[(..., *(None,) * count)] for name, value in indices.items()}
    for i, (name, size) in enumerate(axes):
        inner[name] = np.arange(size).reshape(-1, *(1,) * (count - 1 - i))
    return body, inner, [size for _, size in axes]


def _reduced(kind, body, indices, sizes, read):
    value, there = evaluate(body, indices, read)
    shape = np.broadcast_shapes(np.shape(value), np.shape(there), *(np.shape(index) for index in indices.values()))
    shape = (*shape[:len(shape) - len(sizes)], int(np.prod(sizes)))
    whole = (*shape[:-1], *sizes)
    value = np.broadcast_to(value, whole).reshape(shape)
    there = np.broadcast_to(there, whole).reshape(shape)
    if kind == "sum":
        return np.where(there, value, 0).sum(axis=-1), there.any(axis=-1)
    found = np.where(there, value, -np.inf)
    return (found.max if kind == "max" else found.argmax)(axis=-1), there.any(axis=-1)


def _entry(tree, indices, read):
    _, name, places, *call = tree
    path, occurrence = call[0] if call else (None, 0)
    if isinstance(occurrence, int):
        array = read(name, path, occurrence)
    else:
        array, places = read(name, path, None), [occurrence, *places]
    there, where = True, []
    for place, size in zip(places, array.shape):
        index, exists = evaluate(place, indices, read)
        whole = np.rint(index).astype(int)
        exists = np.logical_and(exists, (whole == index) & (whole >= 0) & (whole < size))
        there = np.logical_and(there, exists)
        where.append(np.clip(whole, 0, max(size - 1, 0)))
    if 0 in array.shape[:len(where)]:
        return np.zeros(()), False
    return array[tuple(where)] if where else array, bool(there) if np.ndim(there) == 0 else there
