"""Marks on functions that have a faster form on the GPU."""

from functools import wraps

from minisat.backend.devices import cupy, get_array_module


def fused(function):
    """Mark an elementwise function: one CuPy kernel on the GPU, itself on NumPy.

    Inside: arithmetic operators and `xp`-free expressions only, positional arguments only.
    """
    if cupy is None:
        return function
    kernel = cupy.fuse(function)

    @wraps(function)
    def dispatch(*args):
        return (kernel if get_array_module(args[0]) is cupy else function)(*args)
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
