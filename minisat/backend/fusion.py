"""Elementwise functions as one kernel on the GPU."""

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
