"""Which module computes on an array, and how arrays move between the CPU and the GPU."""

import numpy as np

from minisat.errors import UserError

try:
    import cupy
except ImportError:  # CuPy is an extra: without it everything runs on NumPy
    cupy = None

GPU = cupy or "cupy"  # the home of arrays on the GPU, to register twins for; a mere name where CuPy is missing
_MODULES = []  # (array type, module), the last registered first


def register(array_type, module):
    """From now on arrays of `array_type` are computed by `module` (a NumPy look-alike)."""
    _MODULES.insert(0, (array_type, module))


if cupy is not None:
    register(cupy.ndarray, cupy)


def get_array_module(x):
    """The module that computes on `x`: `cupy` for CuPy arrays, `numpy` for everything else."""
    for array_type, module in _MODULES:
        if isinstance(x, array_type):
            return module
    return np


def gpu_problem():
    """Why the GPU cannot be used, as a clause; None when it can."""
    if cupy is None:
        return "CuPy is not installed (pip install 'minisat-captioner[gpu]')"
    try:
        if cupy.cuda.runtime.getDeviceCount() > 0:
            return None
    except cupy.cuda.runtime.CUDARuntimeError:
        pass
    return "CuPy finds no usable CUDA GPU or driver"


def gpu_state():
    """{"problem": None or a clause, "name": of the GPU or None, "free", "memory": bytes, "cupy": version or None}."""
    problem = gpu_problem()
    name = None if problem else cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    free, memory = device_memory()
    return {"problem": problem, "name": name, "free": free, "memory": memory,
            "cupy": getattr(cupy, "__version__", None)}


def resolve_device(name):
    """"auto", "cpu" or "cuda" → "cpu" or "cuda". UserError when a GPU is asked for and there is none."""
    if name == "auto":
        return "cpu" if gpu_problem() else "cuda"
    if name == "cuda" and (problem := gpu_problem()):
        raise UserError(f"No GPU here: {problem}.")
    if name not in ("cpu", "cuda"):
        raise UserError(f"Unknown device {name!r}: choose auto, cpu or cuda.")
    return name


def device_memory():
    """Bytes of the GPU's memory: (free, all of it). Where there is none, (0, 0)."""
    return (0, 0) if gpu_problem() else tuple(cupy.cuda.Device().mem_info)


def floats(values):
    """Numbers and 0-d arrays, on the GPU or not → Python floats; those of the GPU in one copy, since each one waits."""
    there = [k for k, value in enumerate(values) if get_array_module(value) is not np]
    if there:
        xp = get_array_module(values[there[0]])
        fetched = to_numpy(xp.stack([values[k].reshape(()) for k in there])).tolist()
        values = list(values)
        for k, number in zip(there, fetched):
            values[k] = number
    return [float(value) for value in values]


def to_device(x, device):
    """`x` as an array on `device` ("cpu" or "cuda"); no copy when it is there already."""
    if resolve_device(device) == "cpu":
        return to_numpy(x)
    return cupy.asarray(x)


def to_numpy(x):
    """`x` as a NumPy array, copied from the GPU when it lives there."""
    return x.get() if hasattr(x, "get") and not isinstance(x, np.ndarray) else np.asarray(x)
