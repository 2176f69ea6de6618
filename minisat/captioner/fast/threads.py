"""Blocks of work on as many threads as the BLAS library has: NumPy lets go of the interpreter in long operations."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache


@cache
def _pool():
    """As many threads as the BLAS library is told to use; None for a single one."""
    told = (os.environ.get(name, "") for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"))
    threads = next((max(1, int(count)) for count in told if count.isdigit()), os.cpu_count() or 1)
    return ThreadPoolExecutor(threads) if threads > 1 else None


def each(function, blocks):
    """function(*block) for every block, on all threads; the values in order."""
    if len(blocks) == 1 or _pool() is None:
        return [function(*block) for block in blocks]
    return list(_pool().map(lambda block: function(*block), blocks))
