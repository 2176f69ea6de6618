"""Every registered case runs in every home of arrays: strict arrays here, CuPy where there is a GPU."""

import numpy as np
import pytest
from homes import assert_homes_agree, cpu_only, run_case
from strict_arrays import Mixing, StrictArray, strict

from minisat.captioner.cases import EVERY_CASE
from minisat.nn.nested import leaves

NAMES = list(EVERY_CASE)


def _skip_cpu_only(name):
    if cpu_only(EVERY_CASE[name](np.random.default_rng(0))[0]):
        pytest.skip("a fast twin for the CPU alone; its reference runs in this test")


@pytest.mark.parametrize("name", NAMES)
def test_case_runs_on_strict_arrays(name):
    """Forward and backward never leave the strict home, and compute what NumPy computes.

    Not to the last bit: where NumPy has a fast twin, it sums in another order than the reference.
    """
    _skip_cpu_only(name)
    assert_homes_agree(run_case(name), run_case(name, strict.asarray), 1e-5)


@pytest.mark.gpu
@pytest.mark.parametrize("name", NAMES)
def test_case_on_gpu_equals_cpu(name, gpu):
    """Forward and backward on CuPy compute what NumPy computes, in float32."""
    _skip_cpu_only(name)
    assert_homes_agree(run_case(name), run_case(name, gpu), 1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_case_computes_in_float32(name):
    """float32 in, float32 out: outputs, input gradients and parameter gradients."""
    outputs, gradients, parameters = run_case(name)
    for x in leaves((outputs, gradients, tuple(parameters.values()))):
        assert x is None or x.dtype.kind != "f" or x.dtype == np.float32


def test_strict_arrays_refuse_what_cupy_would():
    """The net has no holes: each kind of leak raises."""
    x = StrictArray(np.ones((2, 3, 4), np.float32))
    y, host = strict.ones((4, 5)), np.ones(4, np.float32)
    leaks = [lambda: np.exp(x), lambda: np.sum(x), lambda: np.asarray(x), lambda: np.concatenate([x, x]),
             lambda: x + host, lambda: host + x, lambda: x * np.float64(2), lambda: np.float32(2) * x,
             lambda: bool(x.sum() > 0), lambda: float(x.sum()), lambda: list(x), lambda: x[np.array([0])],
             lambda: x @ y, lambda: strict.add(x, host), lambda: x.__setitem__(0, host)]
    for leak in leaks:
        with pytest.raises(Mixing):
            leak()
    assert (x * 2.0 + 1).dtype == np.float32
    assert isinstance(x.sum(), StrictArray)
