"""Nested tuples, lists and dicts of arrays, as layers take and give them, and one way to walk them."""

import numpy as np

from minisat.backend import to_numpy


def named_leaves(tree, name=""):
    """(dotted name, leaf) pairs: "state.0" is the first entry of state."""
    if isinstance(tree, (tuple, list, dict)):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from named_leaves(value, f"{name}.{key}" if name else str(key))
    else:
        yield name, tree


def leaves(tree):
    """What is inside, in order."""
    return [leaf for _, leaf in named_leaves(tree)]


def mapped(function, tree):
    """`function` of every leaf, in the same nesting; named tuples keep their names."""
    if isinstance(tree, dict):
        return {name: mapped(function, value) for name, value in tree.items()}
    if isinstance(tree, (tuple, list)):
        entries = [mapped(function, value) for value in tree]
        return type(tree)(*entries) if hasattr(tree, "_fields") else type(tree)(entries)
    return function(tree)


def is_array(leaf):
    """Whether a leaf is an array, or a NumPy number."""
    return hasattr(leaf, "dtype") and hasattr(leaf, "shape")


def is_float(leaf):
    """Whether a leaf is an array (or a NumPy number) of floats."""
    return is_array(leaf) and leaf.dtype.kind == "f"


def is_finite(tree):
    """Whether every float inside is finite."""
    return all(bool(np.isfinite(to_numpy(leaf)).all()) for leaf in leaves(tree)
               if is_float(leaf) or isinstance(leaf, float))
