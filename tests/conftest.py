"""What all tests share: skips that say why, the homes of arrays, the folder with real data."""

import one_thread  # noqa: F401  before NumPy

# isort: split
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from strict_arrays import StrictArray, strict

from minisat.backend import register, to_device
from minisat.backend.devices import gpu_problem
from minisat.evaluation.meteor import resources

register(StrictArray, strict)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it; some tests send it


def pytest_collection_modifyitems(config, items):
    """Tests marked gpu need one; tests marked slow run when asked for with `-m slow`."""
    problem = gpu_problem()
    asked = "slow" in config.option.markexpr
    for item in items:
        if problem and "gpu" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"needs a GPU: {problem}"))
        if "slow" in item.keywords and not asked:
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with -m slow"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `-n`: each process takes a run of neighbours, which share what was made for them, and helps out at its end.

    Nobody asks where pytest-xdist is missing; tests run without it too, one after the other.
    """
    if config.option.dist == "load":
        from xdist.scheduler import WorkStealingScheduling
        return WorkStealingScheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def official_meteor():
    """A function that finds METEOR's official files if this machine has them. No other test does: what a test finds
    would depend on the machine, and to read the paraphrase table takes seconds each time.
    """
    place, usual_jars = os.environ.get(resources.VARIABLE), resources.usual_jars

    def find():
        with pytest.MonkeyPatch.context() as again:
            again.setattr(resources, "usual_jars", usual_jars)
            return resources.find_resources(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(resources.VARIABLE, raising=False)
        patch.setattr(resources, "usual_jars", lambda: ())
        yield find


@pytest.fixture
def rng():
    """The same random numbers in every run."""
    return np.random.default_rng(0)


@pytest.fixture
def gpu():
    """The function that takes an array to the GPU; use it in tests marked gpu."""
    return lambda x: to_device(x, "cuda")


@pytest.fixture(scope="session")
def data_folder():
    """The folder with real data that MINISAT_DATA names; the test is skipped where it is not set."""
    if not os.environ.get("MINISAT_DATA"):
        pytest.skip("needs real data: set MINISAT_DATA to a folder with flickr8k/ and weights/")
    return Path(os.environ["MINISAT_DATA"])
