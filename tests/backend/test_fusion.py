"""fused and accelerated: themselves on NumPy; a twin only for the arrays it was made for."""

import numpy as np
import pytest
from strict_arrays import StrictArray, strict

from minisat.backend import accelerated, fused, to_numpy


@fused
def blend(a, b, share):
    """share a + (1 - share) b"""
    return share * a + (1.0 - share) * b


def test_fused_is_the_function_itself_on_numpy():
    assert blend.__name__ == "blend" and blend.__doc__ == "share a + (1 - share) b"
    np.testing.assert_array_equal(blend(np.ones(2), np.zeros(2), 0.25), [0.25, 0.25])
    assert blend(np.ones(2, np.float32), np.zeros(2, np.float32), 0.25).dtype == np.float32


@pytest.mark.gpu
def test_fused_on_gpu(gpu):
    np.testing.assert_allclose(to_numpy(blend(gpu(np.ones(2)), gpu(np.zeros(2)), 0.25)), [0.25, 0.25])


def test_accelerated_uses_the_twin_of_the_arrays_home():
    """The reference runs on NumPy, the twin on its own module's arrays, and the reference stays reachable."""
    @accelerated
    def double(x):
        """2 x"""
        return 2 * x
    assert double(np.float64(3)) == 6
    assert double(StrictArray(np.ones(1))).get()[0] == 2
    double.twin(strict, lambda x: "twin")
    assert double(StrictArray(np.ones(1))) == "twin"
    assert double(np.float64(3)) == 6 and double.reference(4) == 8 and double.__doc__ == "2 x"
