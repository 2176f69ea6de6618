"""A strict second home for arrays: NumPy underneath, but every silent mixing with NumPy raises.

What runs on these arrays runs on CuPy without surprises: no implicit copy to the host, no `np.` function on
device data, no mixing with host arrays, no float64 scalars that would widen float32, no branching on device
values, none of the products that are slow there.
"""

import types

import numpy as np


class Mixing(TypeError):
    """An array of the strict home met something that it must not meet."""


def _unwrap(value):
    """The NumPy value inside, or raise Mixing."""
    if isinstance(value, StrictArray):
        return value.inside
    if isinstance(value, np.ndarray):
        raise Mixing("a NumPy array among strict arrays: move it with xp.asarray first")
    if isinstance(value, np.floating):
        raise Mixing(f"a NumPy scalar ({type(value).__name__}) among strict arrays: use a Python float")
    if isinstance(value, (tuple, list)):
        return type(value)(_unwrap(entry) for entry in value)
    return value


def _wrap(value):
    """Results of NumPy as strict arrays, scalars as arrays without axes (as CuPy's reductions give)."""
    if isinstance(value, (np.ndarray, np.generic)):
        return StrictArray(np.asarray(value))
    if isinstance(value, (tuple, list)):
        return type(value)(_wrap(entry) for entry in value)
    return value


def _method(name):
    def method(self, *args, **kwargs):
        arguments = [_unwrap(value) for value in args]
        return _wrap(getattr(self.inside, name)(*arguments, **{k: _unwrap(v) for k, v in kwargs.items()}))
    return method


def _refused(name):
    def method(self, *args, **kwargs):
        raise Mixing(f"{name} on a strict array: an implicit copy to the host")
    return method


class StrictArray:
    """An array that computes only with its like and with Python scalars."""

    def __init__(self, inside):
        self.inside = inside

    def get(self):
        """The explicit way back to NumPy, as CuPy names it."""
        return self.inside

    shape = property(lambda self: self.inside.shape)
    dtype = property(lambda self: self.inside.dtype)
    ndim = property(lambda self: self.inside.ndim)
    size = property(lambda self: self.inside.size)
    flags = property(lambda self: self.inside.flags)
    strides = property(lambda self: self.inside.strides)
    itemsize = property(lambda self: self.inside.itemsize)
    nbytes = property(lambda self: self.inside.nbytes)
    T = property(lambda self: _wrap(self.inside.T))

    def __len__(self):
        return len(self.inside)

    def __getitem__(self, index):
        return _wrap(self.inside[_unwrap(index)])

    def __setitem__(self, index, value):
        self.inside[_unwrap(index)] = _unwrap(value)

    def __matmul__(self, other):
        if self.ndim > 2 and other.ndim <= 2:
            raise Mixing("a product of a 3-D and a 2-D array is a slow path on CuPy: reshape to 2-D first")
        return _wrap(self.inside @ _unwrap(other))

    def __repr__(self):
        return f"StrictArray({self.inside!r})"


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift"):
    setattr(StrictArray, f"__{_name}__", _method(f"__{_name}__"))
    setattr(StrictArray, f"__r{_name}__", _method(f"__r{_name}__"))

    def _in_place(self, other, name=_name):
        getattr(self.inside, f"__i{name}__")(_unwrap(other))
        return self
    setattr(StrictArray, f"__i{_name}__", _in_place)
for _name in ("__neg__", "__abs__", "__invert__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
              "sum", "mean", "max", "min", "argmax", "argmin", "argsort", "cumsum", "prod", "any", "all", "var", "std",
              "reshape", "transpose", "swapaxes", "astype", "copy", "ravel", "squeeze", "repeat", "take", "clip",
              "nonzero", "fill", "dot", "round", "diagonal", "view"):
    setattr(StrictArray, _name, _method(_name))
for _name in ("__array__", "__array_ufunc__", "__array_function__", "__bool__", "__float__", "__int__", "__index__",
              "__iter__", "item", "tolist"):
    setattr(StrictArray, _name, _refused(_name))
StrictArray.__hash__ = None


class _StrictFunction:
    """A NumPy function or ufunc that takes strict arrays only."""

    def __init__(self, function):
        self._function = function
        self.__name__ = function.__name__

    def __call__(self, *args, **kwargs):
        arguments = [_unwrap(value) for value in args]
        return _wrap(self._function(*arguments, **{k: _unwrap(v) for k, v in kwargs.items()}))

    def __getattr__(self, name):  # add.at, add.reduceat
        return _StrictFunction(getattr(self._function, name))


class StrictModule:
    """`xp` for strict arrays: NumPy's functions, wrapped. Only `asarray` and `array` take NumPy arrays."""

    def __init__(self, module=np):
        self._module = module

    def __getattr__(self, name):
        value = getattr(self._module, name)
        if isinstance(value, types.ModuleType):
            return StrictModule(value)
        return _StrictFunction(value) if callable(value) and not isinstance(value, type) else value

    def asarray(self, value, dtype=None):
        """Move `value` into the strict home."""
        return StrictArray(np.asarray(value.inside if isinstance(value, StrictArray) else value, dtype=dtype))

    def array(self, value, dtype=None):
        """A copy of `value` in the strict home."""
        return StrictArray(np.array(value.inside if isinstance(value, StrictArray) else value, dtype=dtype))


strict = StrictModule()
