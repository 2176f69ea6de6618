"""Nested tuples of arrays, as layers take and give them: their leaves, whether they are finite, in float64."""

import numpy as np

from minisat.trace.recording import snapshot


def leaves(tree):
    """The leaves of nested tuples and lists."""
    if isinstance(tree, (tuple, list)):
        for entry in tree:
            yield from leaves(entry)
    else:
        yield tree


def is_float(leaf):
    """Whether a leaf is an array (or a NumPy number) of floats."""
    return hasattr(leaf, "dtype") and leaf.dtype.kind == "f"


def is_finite(tree):
    """Whether every float inside is finite."""
    return all(bool(np.isfinite(leaf).all()) for leaf in leaves(tree) if is_float(leaf))


def as_double(tree):
    """The same nesting, floats as float64."""
    if isinstance(tree, (tuple, list)):
        entries = [as_double(entry) for entry in tree]
        return type(tree)(*entries) if hasattr(tree, "_fields") else tuple(entries)
    return tree.astype(np.float64) if is_float(tree) else tree


def as_given(noise):
    """What a call was given by name, in float64; generators in the state in which they were given."""
    return {name: snapshot(value) if isinstance(value, np.random.Generator) else as_double(value)
            for name, value in noise.items()}
