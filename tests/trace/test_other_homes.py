"""A step that runs where arrays are not NumPy's is recorded on the host, and checked there."""

import numpy as np
import pytest
from homes import map_arrays
from strict_arrays import strict

from minisat.captioner.cases import EVERY_CASE
from minisat.trace import describe, red_frames, trace


def record(name, move):
    """The document of a step of the case `name`, in float32, its arrays taken by `move` to where they shall be."""
    module, inputs, noise = EVERY_CASE[name](np.random.default_rng(3))
    module = module.reference()
    for _, member in (*module.named_parameters(), *module.named_buffers()):
        member.convert(move)

    def place(x):
        return move(x.astype(np.float32)) if x.dtype.kind == "f" else x
    with trace(module) as recording:
        _, cache = module.forward(*map_arrays(place, inputs), rng=np.random.default_rng(0), **map_arrays(place, noise))
        module.backward(1.0, cache)
    return describe(recording)


def assert_recorded(document, arrays, frames):
    assert len(document["frames"]) == frames and not red_frames(document) and not red_frames(document, "global")
    assert all(isinstance(array, (np.ndarray, np.generic)) for array in arrays.values())
    assert all(frame["local"]["ok"] for frame in document["frames"] if frame["phase"] == "backward")


@pytest.mark.parametrize("name", ["captioner.soft-attention", "captioner.photos-to-loss.tuned"])
def test_on_strict_arrays(name):
    """Recording mixes nothing, copies everything to the host, and the checks find nothing red."""
    assert_recorded(*record(name, strict.asarray), frames=len(record(name, lambda x: x)[0]["frames"]))


@pytest.mark.gpu
@pytest.mark.parametrize("name", ["captioner.soft-attention", "captioner.photos-to-loss.tuned"])
def test_on_a_gpu(name, gpu):
    """The same on CuPy."""
    assert_recorded(*record(name, gpu), frames=len(record(name, lambda x: x)[0]["frames"]))
