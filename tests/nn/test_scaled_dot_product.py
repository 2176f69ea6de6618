"""Scaled dot-product attention equals PyTorch's, nobody sees what comes later, and forgotten parts are noticed."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import ScaledDotProduct


def in_torch(causal):
    """PyTorch's own; the weights, which it keeps to itself, are those with which it averages the rows of 1."""
    def reference(torch, inputs, parameters, noise):
        queries, keys, values = inputs
        T, S = queries.shape[-2], keys.shape[-2]
        seen = torch.ones(T, S, dtype=torch.bool).tril(S - T) if causal else None
        attention = torch.nn.functional.scaled_dot_product_attention
        one = torch.eye(S, dtype=torch.float64).expand(*keys.shape[:-1], S)
        return attention(queries, keys, values, seen), attention(queries, keys, one, seen)
    return reference


def asked(rng, T, S, *lead):
    return rng.standard_normal((*lead, T, 3)), rng.standard_normal((*lead, S, 3)), rng.standard_normal((*lead, S, 2))


@pytest.mark.peer
@pytest.mark.parametrize("causal, T, S, lead", [(False, 3, 5, (2,)), (True, 4, 4, (2, 2)), (True, 2, 5, (1,)),
                                                (False, 1, 1, (1, 1)), (True, 1, 1, ())])
def test_equals_torch(rng, causal, T, S, lead):
    assert_equals_torch(ScaledDotProduct(causal), in_torch(causal), *asked(rng, T, S, *lead))


class RootForgotten(ScaledDotProduct):
    def forward(self, queries, keys, values):
        return super().forward(queries * keys.shape[-1]**0.5, keys, values)


class MaskedAfterwards(ScaledDotProduct):
    def forward(self, queries, keys, values):
        (_, weights), cache = ScaledDotProduct().forward(queries, keys, values)
        weights = np.tril(weights)
        return (weights @ values, weights), cache._replace(weights=weights)


class MaskOneTooFar(ScaledDotProduct):
    def forward(self, queries, keys, values):
        (_, weights), cache = super().forward(queries[..., 1:, :], keys, values)
        weights = np.concatenate([weights, weights[..., -1:, :]], axis=-2)
        return (weights @ values, weights), cache


@pytest.mark.peer
@pytest.mark.parametrize("broken", [RootForgotten, MaskedAfterwards, MaskOneTooFar])
def test_what_is_wrong_both_ways_is_noticed(rng, broken):
    """A mistake in forward that backward shares has right gradients, of another function."""
    with pytest.raises(AssertionError):
        assert_equals_torch(broken(causal=True), in_torch(True), *asked(rng, 4, 4, 2))


def test_nobody_sees_what_comes_later(rng):
    """Other keys and values from place 3 on change nothing before it, and everything from it on; the rows sum to 1."""
    queries, keys, values = asked(rng, 5, 5, 2)
    others = [np.concatenate([x[:, :3], x[:, 3:] + 1.0], axis=1) for x in (keys, values)]
    (y, weights), (changed, _) = (ScaledDotProduct(causal=True)(queries, *pair) for pair in ((keys, values), others))
    np.testing.assert_array_equal(changed[:, :3], y[:, :3])
    assert (changed[:, 3:] != y[:, 3:]).all()
    assert not np.triu(weights, 1).any()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-12)


def test_the_root_keeps_the_scores_at_variance_one(rng):
    """Whatever d: so the largest share of eight does not grow with it."""
    largest = [ScaledDotProduct()(rng.standard_normal((4000, 1, d)), rng.standard_normal((4000, 8, d)),
                                  np.zeros((4000, 8, 1)))[1].max(axis=-1).mean() for d in (4, 256)]
    assert largest[0] == pytest.approx(largest[1], abs=0.02)
