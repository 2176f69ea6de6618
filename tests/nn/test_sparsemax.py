"""Sparsemax is the nearest point of the simplex, found otherwise too; its gradient equals PyTorch's."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.gradcheck import check
from minisat.nn import Softmax, Sparsemax


def threshold(z):
    """τ of each row of z (..., L) by bisection: Σ max(z - τ, 0) falls as τ rises. No sorting."""
    low, high = z.max(axis=-1, keepdims=True) - 1.0, z.max(axis=-1, keepdims=True)
    for _ in range(100):
        middle = (low + high) / 2
        too_low = np.maximum(z - middle, 0).sum(axis=-1, keepdims=True) > 1
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return high


SHAPES = [(1,), (4, 1), (3, 2), (5, 7), (2, 3, 49)]


@pytest.mark.parametrize("spread", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_a_bisection(rng, shape, spread):
    z = spread * rng.standard_normal(shape)
    p = Sparsemax()(z)
    np.testing.assert_allclose(p, np.maximum(z - threshold(z), 0), atol=1e-13)
    np.testing.assert_allclose(p.sum(axis=-1), 1)


def test_no_point_of_the_simplex_is_nearer(rng):
    """Against ten thousand random points, corners and points beside p."""
    z = rng.standard_normal(6)
    p = Sparsemax()(z)
    others = np.concatenate([rng.dirichlet(np.ones(6), 10_000), np.eye(6), 0.99 * p + 0.01 * np.eye(6)])
    assert (np.square(others - z).sum(axis=1) >= np.square(p - z).sum() - 1e-12).all()


@pytest.mark.peer
@pytest.mark.parametrize("spread", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_torch(rng, shape, spread):
    """PyTorch differentiates z - τ, τ = (Σ z - 1) / n, over the locations that the bisection leaves above zero."""
    def reference(torch, x, p, _):
        (z,) = x
        above = torch.tensor(z.detach().numpy() > threshold(z.detach().numpy()))
        tau = ((z * above).sum(-1, keepdim=True) - 1) / above.sum(-1, keepdim=True)
        return (z - tau) * above
    assert_equals_torch(Sparsemax(), reference, spread * rng.standard_normal(shape))


def test_edge_shapes():
    """One location gets all, equal ones the same, one far above the others everything; two in closed form."""
    sparsemax = Sparsemax()
    assert sparsemax(np.array([[-3.0], [1e6]])).tolist() == [[1], [1]]
    np.testing.assert_array_equal(sparsemax(np.full((2, 4), 7.0)), 0.25)
    assert sparsemax(np.array([0.0, 5.0, 1.0])).tolist() == [0, 1, 0]
    for gap in (-2.0, -1.0, -0.4, 0.0, 0.7, 1.0, 3.0):                    # p_1 = (1 + z_1 - z_2) / 2, cut at 0 and 1
        np.testing.assert_allclose(sparsemax(np.array([gap, 0.0]))[0], np.clip((1 + gap) / 2, 0, 1), atol=1e-15)


def test_a_shift_changes_nothing_and_large_scores_round_little(rng):
    z = rng.standard_normal((3, 5))
    np.testing.assert_allclose(Sparsemax()(z + 1e3), Sparsemax()(z), atol=1e-12)
    z32 = (z + 8).astype(np.float32)
    p32, cache = Sparsemax().forward(z32)
    assert p32.dtype == Sparsemax().backward(z32, cache).dtype == np.float32
    np.testing.assert_allclose(Sparsemax()(z32), Sparsemax()(z32.astype(np.float64)), atol=1e-6)
    np.testing.assert_allclose(Sparsemax()(np.array([-np.inf, 0.5, 0.5])), [0, 0.5, 0.5])  # a place that is ruled out


def test_what_is_not_a_number_stays_so():
    assert np.isnan(Sparsemax()(np.array([0.0, np.nan, 1.0]))).all()


def test_zeros_are_zeros_and_get_no_gradient(rng):
    """Where the softmax is small, sparsemax is 0: some locations of every row, and these are not moved."""
    z = 2 * rng.standard_normal((20, 49))
    p, cache = Sparsemax().forward(z)
    dz = Sparsemax().backward(rng.standard_normal(z.shape), cache)
    assert ((p == 0).sum(axis=1) > 30).all() and (Softmax()(z) > 0).all()
    assert not dz[p == 0].any() and dz[(p > 0) & (p < 1)].all()
    np.testing.assert_allclose(dz.sum(axis=1), 0, atol=1e-12)             # as the softmax's: a shift of all is free


def test_a_kink_is_left_out_and_not_failed():
    """A location exactly at τ: what lies on both sides differs, and the checker says that it did not look."""
    z = np.random.default_rng(0).standard_normal((12, 5)) * 0.1           # every location is above τ here …
    z[3] = [0.5, -0.5, -3.0, -3.0, -3.0]                                  # … and the second of this row exactly at it
    report = check(Sparsemax(), z).assert_ok()
    assert 1 <= report.tensors[0].excluded <= 2
