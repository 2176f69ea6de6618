"""`uniform` draws uniform numbers, the same in every home of arrays."""

import numpy as np
import pytest
from strict_arrays import StrictArray

from minisat.backend import to_numpy, uniform


def draw(seed=0, shape=(300, 400), like=None):
    return uniform(np.random.default_rng(seed), shape, np.zeros(1) if like is None else like)


def test_range_moments_and_spread():
    """In [0, 1), float32, mean ½, variance 1/12, every tenth equally full."""
    x = draw()
    assert x.shape == (300, 400) and x.dtype == np.float32 and x.min() >= 0 and x.max() < 1
    assert x.mean() == pytest.approx(0.5, abs=0.005) and x.var() == pytest.approx(1 / 12, rel=0.01)
    counts, _ = np.histogram(x, bins=10, range=(0, 1))
    assert np.abs(counts / 12000 - 1).max() < 0.05


def test_neighbours_and_draws_are_uncorrelated():
    """Along the rows, along the columns, and between two draws of one generator."""
    rng = np.random.default_rng(0)
    x, y = (uniform(rng, (300, 400), np.zeros(1)) - 0.5 for _ in range(2))
    for a, b in ((x[:, 1:], x[:, :-1]), (x[1:], x[:-1]), (x, y)):
        assert abs((a * b).mean() * 12) < 0.015


def test_seed_decides():
    np.testing.assert_array_equal(draw(1), draw(1))
    assert (draw(1) != draw(2)).mean() > 0.99


def test_same_numbers_in_the_strict_home():
    np.testing.assert_array_equal(draw(like=StrictArray(np.zeros(1))).get(), draw())


@pytest.mark.gpu
def test_same_numbers_on_gpu(gpu):
    np.testing.assert_array_equal(to_numpy(draw(like=gpu(np.zeros(1)))), draw())


def test_no_numbers():
    assert draw(shape=(0, 3)).shape == (0, 3)
