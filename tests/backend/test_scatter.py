"""scatter_add is right for repeated ids, in every home of arrays."""

import numpy as np
import pytest
from strict_arrays import StrictArray, strict

from minisat.backend import scatter_add, to_numpy


def by_loop(table, ids, rows):
    """The definition."""
    for k, row in zip(ids, rows):
        table[k] += row
    return table


@pytest.mark.parametrize("count, V, M", [(0, 3, 2), (1, 1, 1), (50, 4, 3), (50, 1000, 2), (7, 7, 1)])
def test_equals_a_loop(rng, count, V, M):
    ids, rows, table = rng.integers(0, V, count), rng.standard_normal((count, M)), rng.standard_normal((V, M))
    expected = by_loop(table.copy(), ids, rows)
    rows.setflags(write=False)
    ids.setflags(write=False)
    scatter_add(table, ids, rows)
    np.testing.assert_allclose(table, expected, atol=1e-12)


def test_strict_home(rng):
    ids, rows = rng.integers(0, 5, 40), rng.standard_normal((40, 3))
    table = StrictArray(np.zeros((5, 3)))
    scatter_add(table, strict.asarray(ids), strict.asarray(rows))
    np.testing.assert_allclose(table.get(), by_loop(np.zeros((5, 3)), ids, rows), atol=1e-12)


@pytest.mark.gpu
def test_gpu(rng, gpu):
    ids, rows = rng.integers(0, 5, 4000), rng.standard_normal((4000, 64)).astype(np.float32)
    table = gpu(np.zeros((5, 64), np.float32))
    scatter_add(table, gpu(ids), gpu(rows))
    np.testing.assert_allclose(to_numpy(table), by_loop(np.zeros((5, 64)), ids, rows), atol=1e-3)


def test_adds_into_a_view_of_the_flat_buffer(rng):
    """The table may be a view, as the optimiser makes it."""
    flat = np.zeros(30)
    scatter_add(flat[5:20].reshape(5, 3), np.array([1, 1]), np.ones((2, 3)))
    assert flat.sum() == 6 and flat[8:11].tolist() == [2, 2, 2]
