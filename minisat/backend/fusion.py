"""Marks on functions that have a faster form on the GPU."""

from functools import wraps

from minisat.backend.devices import cupy, get_array_module


def fused(function):
    """Mark an elementwise function: one CuPy kernel on the GPU, itself on NumPy.

    Inside: arithmetic operators and `xp`-free expressions only, positional arguments only, and those arrays. A Python
    number is refused (TypeError): `cupy.fuse` computes what is made of numbers alone, as 1 - 0.3, in float16.
    """
    kernel = cupy and cupy.fuse(function)

    @wraps(function)
    def dispatch(*arrays):
        for array in arrays:
            if not hasattr(array, "dtype"):
                raise TypeError(f"{function.__name__} takes arrays, not {array!r}.")
        return (kernel if cupy and get_array_module(arrays[0]) is cupy else function)(*arrays)
    return dispatch


def accelerated(reference):
    """Mark a hot function whose NumPy body is the documentation and the reference.

    `reference.twin(module, function)` makes `function` its replacement for arrays of `module`; a twin is
    tested against the reference.
    """
    twins = {}

    @wraps(reference)
    def dispatch(*args, **kwargs):
        return twins.get(get_array_module(args[0]), reference)(*args, **kwargs)
    dispatch.reference = reference
    dispatch.twin = twins.__setitem__
    return dispatch
