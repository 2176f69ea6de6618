"""The penalties on a caption's looks, doubly stochastic and one-sided: reductions, mask, gradient, what they charge."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import DoublyStochasticPenalty, OneSidedPenalty, Softmax

MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], bool)


@pytest.mark.peer
@pytest.mark.parametrize("reduction", DoublyStochasticPenalty.REDUCTIONS)
@pytest.mark.parametrize("strength", [1.0, 0.3])
def test_equals_torch(rng, reduction, strength):
    def reference(torch, x, p, _):
        squares = (1.0 - (x[0] * x[1][:, :, None]).sum(1)) ** 2
        return strength * {"paper": squares.sum(1).mean(0), "arctic": squares.mean(1).sum(0),
                           "mean": squares.mean()}[reduction]
    assert_equals_torch(DoublyStochasticPenalty(strength, reduction), reference, rng.random((3, 4, 5)), MASK)


@pytest.mark.peer
@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
def test_one_sided_equals_torch(rng, share):
    def reference(torch, x, p, _):
        sums = (x[0] * x[1][:, :, None]).sum(1)
        return 0.3 * torch.relu(sums - share).square().sum(1).mean(0)
    assert_equals_torch(OneSidedPenalty(0.3, "paper", share), reference, rng.random((3, 4, 5)), MASK)


def test_even_attention_costs_nothing():
    """T = L steps of uniform attention give every location exactly 1."""
    alphas = np.full((2, 4, 4), 0.25)
    assert DoublyStochasticPenalty()(alphas, np.ones((2, 4))) == 0


def test_padding_is_not_counted(rng):
    alphas = rng.random((3, 4, 5))
    loss, cache = DoublyStochasticPenalty().forward(alphas, MASK)
    other = np.where(MASK[:, :, None], alphas, 7.0)
    assert DoublyStochasticPenalty()(other, MASK) == loss
    dalphas, nothing = DoublyStochasticPenalty().backward(1.0, cache)
    assert nothing is None and not dalphas[~MASK].any() and dalphas[MASK].all()


def test_only_evenness_counts(rng):
    """Rows of a softmax add up to 1, so a caption's sums to its length: another target than 1 would push no score."""
    alphas, cache = Softmax().forward(rng.standard_normal((3, 4, 5)))
    penalty = DoublyStochasticPenalty(reduction="mean")
    dalphas, _ = penalty.backward(1.0, penalty.forward(alphas, MASK)[1])
    sums = (alphas * MASK[:, :, None]).sum(axis=1, keepdims=True)
    other = -2.0 / (3 * 5) * (0.3 - sums) * MASK[:, :, None]  # the target 0.3
    assert np.abs(other - dalphas).max() > 0.01
    np.testing.assert_allclose(Softmax().backward(other, cache), Softmax().backward(dalphas, cache), atol=1e-14)


T, L = 4, 9
FLAT, MOVING, STAYING = np.full((T, L), 1 / L), np.eye(T, L), np.eye(1, L).repeat(T, axis=0)


@pytest.mark.parametrize("looks, both_sided, one_sided", [
    (FLAT, L - 2 * T + T**2 / L, 0), (MOVING, L - T, 0), (STAYING, (L - 1) + (T - 1)**2, (T - 1)**2)],
    ids=["flat", "sharp and moving", "sharp and staying"])
def test_what_looks_cost(looks, both_sided, one_sided):
    """Σ (1 - s)² = L - 2T + Σ s² charges sharp looks though they move; the one-sided penalty only those that stay."""
    assert DoublyStochasticPenalty()(looks[None], np.ones((1, T))) == pytest.approx(both_sided)
    penalty = OneSidedPenalty()
    value, cache = penalty.forward(looks[None], np.ones((1, T)))
    assert value == pytest.approx(one_sided)
    dalphas, _ = penalty.backward(1.0, cache)
    assert not dalphas[:, :, 1:].any() and dalphas[0, :, 0] == pytest.approx(2 * (T - 1) if one_sided else 0)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 3), (2, 3, 1)])
def test_one_location_and_one_word(rng, shape):
    """With one location s = T: T - c too many. With one word no location can get more than one look."""
    N, T, L = shape
    alphas = Softmax()(rng.standard_normal(shape))
    value = OneSidedPenalty(share=0.25 if L == 1 else 1.0)(alphas, np.ones((N, T)))
    assert value == pytest.approx((T - 0.25)**2 if L == 1 else 0.0)


@pytest.mark.parametrize("penalty", [DoublyStochasticPenalty(0.7, "arctic"), OneSidedPenalty(0.7, "mean", 0.9)])
def test_of_sums_is_the_same_penalty(rng, penalty):
    """The fast twin's entry point: sums instead of every alpha."""
    alphas = rng.random((3, 4, 5))
    sums = (alphas * MASK[:, :, None]).sum(1)
    loss, cache = penalty.forward(alphas, MASK)
    assert penalty.of_sums(sums) == loss
    dalphas, _ = penalty.backward(2.0, cache)
    np.testing.assert_array_equal(penalty.of_sums_backward(2.0, sums), dalphas[:, 0])


def test_unknown_reduction_is_told():
    with pytest.raises(ValueError, match="paper, arctic, mean"):
        DoublyStochasticPenalty(reduction="sum")
