"""A tensor as a file holds it: the type's name, and the raw numbers."""

from dataclasses import dataclass

import numpy as np

# torch's name of a type → how its numbers lie in memory. NumPy has no bfloat16: those stay 16-bit words until raised.
LAYOUTS = {"float64": "f8", "float32": "f4", "float16": "f2", "bfloat16": "u2", "int64": "i8", "int32": "i4",
           "int16": "i2", "int8": "i1", "uint8": "u1", "bool": "u1"}
MAX_DIMENSIONS = 32   # NumPy's limit


@dataclass(frozen=True, eq=False)
class StoredTensor:
    """One tensor of a file. `raw` may be a read-only view that shares memory with others."""

    dtype: str        # torch's name, a key of LAYOUTS
    raw: np.ndarray   # in LAYOUTS[dtype], either byte order

    @property
    def shape(self):
        """The raw numbers' shape."""
        return self.raw.shape

    def array(self):
        """The numbers in the machine's byte order; half precision and bfloat16 raised to float32."""
        raw = self.raw.astype(self.raw.dtype.newbyteorder("="), copy=False)
        if self.dtype == "bfloat16":   # the upper half of a float32's bits
            return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
        if self.dtype == "float16":
            return raw.astype(np.float32)
        return raw != 0 if self.dtype == "bool" else raw


def is_size(number):
    """Whether it is an integer that can count something in memory (True is no number here)."""
    return type(number) is int and 0 <= number < 2**63


def layout_of(dtype, order="<"):
    """The NumPy type to read a file's numbers with; `order` is "<" or ">" (which end of a number comes first)."""
    return np.dtype(LAYOUTS[dtype]).newbyteorder(order)
