"""CUDA kernels: their sources are .cu files beside the twins that launch them, compiled when first asked for."""

import re
from functools import lru_cache
from pathlib import Path

from minisat.backend.devices import cupy

HEADERS = Path(__file__).parent  # where numbers.cuh lies
TYPES = {"f": "float", "d": "double", "e": "__half"}
WIDTH = 256  # threads of a block where nothing speaks for another number


class Kernels:
    """The kernels of one .cu file, for float32 or float64.

    `Kernels(__file__, "gates.cu")["lstm_step", dtype]` is a CuPy kernel: called with (blocks,), (threads,), arguments.
    In the source, `Real` is the dtype, and `Feature` the features' own: Kernels[name, dtype, feature_dtype]. A kernel
    knows no strides: its arrays must be contiguous. An argument may be an address, or 0 for none.
    """

    def __init__(self, beside, name):
        self.path = Path(beside).parent / name
        self._kernels = {}

    def __getitem__(self, key):
        kernel = self._kernels.get(key)
        if kernel is None:
            name, real, *feature = key
            feature = [dtype.char for dtype in feature if dtype != real]
            kernel = self._kernels[key] = _module(self.path, real.char, *feature).get_function(name)
        return kernel


@lru_cache
def _module(path, real, feature=None):
    """The compiled file: by NVRTC at first use, from CuPy's cache on disk after that."""
    feature = feature or real
    lines = ["#include <cuda_fp16.h>", "#define HALF"] if feature == "e" else []
    lines += [f"#define Real {TYPES[real]}", f"#define Feature {TYPES[feature]}", source(path)]
    return cupy.RawModule(code="\n".join(lines), options=("--std=c++17",))


def source(path):
    """The text of a .cu file with what it includes; a compiler's complaint names its own lines."""
    text = path.read_text(encoding="utf-8")

    def header(match):
        following = text[:match.start()].count("\n") + 2
        return source(HEADERS / match[1]) + f'#line {following} "{path.name}"'
    return f'#line 1 "{path.name}"\n' + re.sub(r'#include "(\w+\.cuh)"', header, text)


def blocks(count, width=WIDTH):
    """(blocks,), (threads,) for `count` entries, a thread each."""
    return (-(-count // width),), (width,)
