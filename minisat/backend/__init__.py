"""Where arrays live: NumPy on the CPU or CuPy on the GPU, decided by the data itself."""

from minisat.backend import cuda
from minisat.backend.devices import (
    GPU,
    device_memory,
    floats,
    get_array_module,
    gpu_state,
    register,
    resolve_device,
    to_device,
    to_numpy,
)
from minisat.backend.fusion import fused
from minisat.backend.memory import keep_freed_memory
from minisat.backend.random import uniform
from minisat.backend.scatter import scatter_add
from minisat.backend.twins import twinned

__all__ = ["GPU", "cuda", "device_memory", "floats", "fused", "get_array_module", "gpu_state", "keep_freed_memory",
           "register", "resolve_device", "scatter_add", "to_device", "to_numpy", "twinned", "uniform"]
