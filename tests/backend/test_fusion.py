"""fused: the function itself on NumPy, one kernel on the GPU, and numbers nowhere."""

import numpy as np
import pytest

from minisat.backend import fused, to_numpy


@fused
def blend(a, b, share):
    """share a + (1 - share) b"""
    return share * a + (1.0 - share) * b


def test_fused_is_the_function_itself_on_numpy():
    assert blend.__name__ == "blend" and blend.__doc__ == "share a + (1 - share) b"
    np.testing.assert_array_equal(blend(np.ones(2), np.zeros(2), np.array([0.25, 0.5])), [0.25, 0.5])
    assert blend(*np.ones((3, 2), np.float32)).dtype == np.float32


def test_fused_refuses_numbers():
    """`cupy.fuse` would compute 1.0 - 0.3 in float16: no caller may find that out on a GPU only."""
    with pytest.raises(TypeError, match="blend takes arrays, not 0.3"):
        blend(np.ones(2), np.zeros(2), 0.3)


@pytest.mark.gpu
def test_fused_on_gpu(gpu):
    """0.3 is no float16; 0-dimensional arrays, as a sum is, keep their precision."""
    share = np.full(2, 0.3)
    for shares in (share, share[0]):
        blended = to_numpy(blend(gpu(np.ones(2)), gpu(np.ones(2)), gpu(np.asarray(shares))))
        np.testing.assert_allclose(blended, np.ones(2), rtol=1e-12)
    with pytest.raises(TypeError, match="takes arrays"):
        blend(gpu(np.ones(2)), gpu(np.ones(2)), 0.3)
