"""The GPU's twins of random numbers and of adding rows into a table: one kernel each, and no order of chance."""

from minisat.backend.devices import GPU, cupy
from minisat.backend.kernels import Kernels, blocks
from minisat.backend.random import uniform
from minisat.backend.scatter import scatter_add

BACKEND = Kernels(__file__, "backend.cu")


@uniform.twin(GPU)
def uniform_at_once(rng, shape, like):
    """As `uniform`."""
    out = cupy.empty(shape, "f")
    key = int(rng.integers(2**32))
    if out.size:
        BACKEND["uniform", out.dtype](*blocks(out.size), (out, key, out.size))
    return out


@scatter_add.twin(GPU)
def scatter_add_in_order(table, ids, rows):
    """As `scatter_add`."""
    if table.dtype.char not in "fd" or not (table.flags.c_contiguous and table.ndim == 2):
        scatter_add.reference(table, ids, rows)
        return
    K, M = rows.shape
    if K and M:
        ids = ids.astype("q", copy=False)
        order = cupy.argsort(ids)  # a stable sort
        BACKEND["scatter_add", table.dtype]((K,), (min(256, -(-M // 32) * 32),), (
            table, ids, order.astype("q", copy=False), cupy.ascontiguousarray(rows, table.dtype), K, M))
