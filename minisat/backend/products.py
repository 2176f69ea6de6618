"""Matrix products on the GPU, told to cuBLAS directly: parts of matrices, added to what is there, without a copy.

`@` allocates its result, copies parts of matrices first, and costs the CPU ten times as much as telling cuBLAS what it
needs to know: where a matrix begins, how large it is, and how far its rows lie apart.
"""

import os
from typing import NamedTuple

import numpy as np

from minisat.backend.devices import cupy

try:
    from cupy_backends.cuda.libs import cublas
except ImportError:
    cublas = None

_NUMBERS = {(value, char): np.array(value, char) for value in (0.0, 1.0) for char in "fd"}
_FLOAT32, _FLOAT32_AS_TF32, _FLOAT64 = 68, 77, 70  # cublasComputeType_t
_TYPES = {"f": (0, _FLOAT32), "d": (1, _FLOAT64)}  # cudaDataType_t, and what to compute in
_DEFAULT = -1                                      # cublasGemmAlgo_t


class Block(NamedTuple):
    """A matrix as cuBLAS is told of it; it keeps no memory alive."""

    pointer: int
    rows: int
    columns: int
    stride: int           # numbers from one row to the next
    turned: bool = False  # whether it is the transpose of what lies there

    @property
    def T(self):
        """The transpose."""
        return Block(self.pointer, self.columns, self.rows, self.stride, not self.turned)


def block(array, rows=(0, None), columns=(0, None)):
    """The Block of rows[0]:rows[1] and columns[0]:columns[1] of a matrix on the GPU; also of a transposed view."""
    strides, size = array.strides, array.itemsize
    if strides[1] != size and array.shape[1] > 1:
        return block(array.T, columns, rows).T
    stop, end = rows[1], columns[1]
    return Block(array.data.ptr + rows[0] * strides[0] + columns[0] * size,
                 (array.shape[0] if stop is None else stop) - rows[0],
                 (array.shape[1] if end is None else end) - columns[0], max(strides[0] // size, 1))


def products(dtype):
    """multiply(a, b, out, add=False, scale=None): out = scale · a b, or out += it, for Blocks of `dtype`.

    float32 is computed in float32, or in TF32 where CUPY_TF32=1 asks for it.
    """
    char = np.dtype(dtype).char
    kind, compute = _TYPES[char]
    if compute == _FLOAT32 and os.environ.get("CUPY_TF32") == "1":
        compute = _FLOAT32_AS_TF32
    zero, one = (_NUMBERS[value, char].ctypes.data for value in (0.0, 1.0))
    gemm, handle = cublas.gemmEx, cupy.cuda.device.get_cublas_handle()

    def multiply(a, b, out, add=False, scale=None):
        if out.turned:
            return multiply(b.T, a.T, out.T, add, scale)
        if not (out.rows and out.columns):
            return None
        number = None if scale is None else np.array(scale, char)
        # cuBLAS counts column by column: our rows are its columns, so it is told of out^T = b^T a^T.
        gemm(handle, int(b.turned), int(a.turned), out.columns, out.rows, a.columns,
             one if number is None else number.ctypes.data, b.pointer, kind, b.stride, a.pointer, kind, a.stride,
             one if add else zero, out.pointer, kind, out.stride, compute, _DEFAULT)
    return multiply
