"""Twins: a fast form of a function or of a layer's method, taken for the arrays that it was made for."""

from functools import wraps

import numpy as np

from minisat.backend.devices import get_array_module


def twinned(reference):
    """Mark a function or a layer's method that has a fast twin. Its body is the documentation and the reference.

    A twin takes the same arguments, gives the same to rounding (a layer's cache too), and stands in a folder `fast`:

        @LSTMCell.forward.twin(cupy)
        def forward(cell, x, state): ...

    It runs where the first array among the arguments is one of that module's; nobody who calls need know.
    """
    twins = {}

    @wraps(reference)
    def dispatch(*args, **kwargs):
        return twins.get(_home(args), reference)(*args, **kwargs)

    def twin(module):
        def register(function):
            twins[module] = function
            return function
        return register
    dispatch.reference, dispatch.twin, dispatch.twins = reference, twin, twins
    return dispatch


def _home(values):
    """The module of the first array among `values`, also within tuples; None where there is none."""
    for value in values:
        if isinstance(value, tuple):
            if (found := _home(value)) is not None:
                return found
        elif hasattr(value, "dtype") and not isinstance(value, np.generic):
            return get_array_module(value)
    return None
