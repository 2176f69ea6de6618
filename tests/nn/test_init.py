"""Initialisers draw what they say."""

import numpy as np
import pytest

from minisat.nn import init


@pytest.mark.parametrize("draw, variance", [
    (init.normal(0.3), 0.09), (init.uniform(0.3), 0.03), (init.xavier_uniform, 2 / 700), (init.he_normal, 2 / 300)])
def test_mean_and_variance(draw, variance):
    """On a (300, 400) matrix: mean 0 and the stated variance, float32."""
    W = draw(np.random.default_rng(0), (300, 400))
    assert W.dtype == np.float32 and W.shape == (300, 400)
    assert abs(W.mean()) < 4 * (variance / W.size) ** 0.5
    assert W.var() == pytest.approx(variance, rel=0.02)


def test_filters_count_their_receptive_field():
    """He's variance for (C_out, C_in, kh, kw) filters: 2 / (C_in kh kw)."""
    W = init.he_normal(np.random.default_rng(0), (64, 32, 3, 3))
    assert W.var() == pytest.approx(2 / (32 * 9), rel=0.03)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7)])
def test_orthogonal(shape):
    """The fewer of rows and columns are orthonormal."""
    W = init.orthogonal(np.random.default_rng(0), shape).astype(float)
    gram = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(gram, np.eye(min(shape)), atol=1e-6)


def test_constants_and_seeds():
    assert init.constant(2.5)(None, (3,)).tolist() == [2.5] * 3
    assert not init.zeros((2, 2)).any()
    a, b = (init.xavier_uniform(np.random.default_rng(7), (3, 4)) for _ in range(2))
    np.testing.assert_array_equal(a, b)
