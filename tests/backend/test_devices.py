"""Arrays know where they live; asking for a device that is not there is one sentence."""

import numpy as np
import pytest
from strict_arrays import StrictArray, strict

from minisat.backend import get_array_module, gpu_state, resolve_device, to_device, to_numpy
from minisat.backend.devices import gpu_problem
from minisat.errors import UserError


def test_dispatch_on_the_data():
    assert get_array_module(np.ones(2)) is np
    assert get_array_module(1.0) is np
    assert get_array_module(StrictArray(np.ones(2))) is strict


def test_to_numpy_copies_only_from_elsewhere():
    x = np.ones(3)
    assert to_numpy(x) is x and to_device(x, "cpu") is x
    assert to_numpy(StrictArray(x)) is x
    assert isinstance(to_numpy(2.5), np.ndarray)


def test_unknown_device_is_told():
    with pytest.raises(UserError, match="Unknown device 'tpu': choose auto, cpu or cuda."):
        resolve_device("tpu")


@pytest.mark.skipif(gpu_problem() is None, reason="there is a GPU here")
def test_missing_gpu_is_told():
    """`auto` falls back to the CPU, `cuda` says what is missing."""
    assert resolve_device("auto") == "cpu"
    assert gpu_state()["problem"] and gpu_state()["name"] is None
    with pytest.raises(UserError, match="No GPU here: .*CuPy"):
        to_device(np.ones(2), "cuda")


@pytest.mark.gpu
def test_there_and_back(gpu):
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    there = gpu(x)
    assert resolve_device("auto") == "cuda" and get_array_module(there) is not np
    np.testing.assert_array_equal(to_numpy(there), x)
    assert gpu_state()["problem"] is None and gpu_state()["name"]
