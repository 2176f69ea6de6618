"""Features that live on the GPU are those of the store; losses come to the host in one copy."""

import numpy as np
import pytest

from minisat.backend import floats, to_device, to_numpy
from minisat.training.resident import PIECE, Resident, fits


@pytest.mark.gpu
def test_resident_features_are_the_stores(rng, monkeypatch):
    """As float16, also when they are uploaded in several pieces; what is larger than the GPU does not fit."""
    features = rng.standard_normal((5, 3, 4)).astype(np.float16)
    monkeypatch.setattr("minisat.training.resident.PIECE", 2 * features[:1].nbytes)
    found = Resident(features)([4, 0, 4])
    assert found.dtype == np.float16 and PIECE > 1000
    np.testing.assert_array_equal(to_numpy(found), features[[4, 0, 4]])
    assert fits(features, 100) and not fits(features, 10**15)


@pytest.mark.gpu
def test_floats_of_both_homes_keep_their_order(gpu):
    assert floats([1, gpu(np.float32([2]))[0], 3.5, gpu(np.array(4, np.float32))]) == [1.0, 2.0, 3.5, 4.0]


def test_floats_of_the_host():
    assert floats([np.float32(0.5), 2, to_device(np.array(3.0), "cpu")]) == [0.5, 2.0, 3.0]
