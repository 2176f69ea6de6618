"""Layers that join or reduce equal PyTorch's expressions."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import Add, Concatenate, MeanOverLocations, Multiply, Scale, WeightedSum


@pytest.mark.peer
@pytest.mark.parametrize("module, reference, shapes", [
    (Add(), lambda torch, x: x[0] + x[1] + x[2], [(2, 3)] * 3),
    (Add(), lambda torch, x: x[0] * 1, [(2, 3)]),
    (Multiply(), lambda torch, x: x[0] * x[1], [(3, 4), (3, 4)]),
    (Multiply(), lambda torch, x: x[0] * x[1], [(3, 1), (3, 4)]),
    (Multiply(), lambda torch, x: x[0] * x[1], [(1, 4), (3, 1)]),
    (Multiply(), lambda torch, x: x[0] * x[1], [(1, 1), (1, 1)]),
    (Concatenate(), lambda torch, x: torch.cat(x, -1), [(3, 2), (3, 4), (3, 1)]),
    (Concatenate(), lambda torch, x: torch.cat(x, -1), [(2, 3, 2), (2, 3, 5)]),
    (WeightedSum(), lambda torch, x: torch.einsum("nl,nld->nd", *x), [(3, 5), (3, 5, 4)]),
    (WeightedSum(), lambda torch, x: torch.einsum("nl,nld->nd", *x), [(1, 1), (1, 1, 1)]),
    (MeanOverLocations(), lambda torch, x: x[0].mean(1), [(3, 5, 4)]),
    (MeanOverLocations(), lambda torch, x: x[0].mean(1), [(1, 1, 1)]),
    (Scale(2.5), lambda torch, x: x[0] / 2.5, [(2, 3, 4)]),
], ids=lambda x: type(x).__name__)
def test_equals_torch(rng, module, reference, shapes):
    assert_equals_torch(module, lambda torch, x, p, _: reference(torch, x), *(rng.standard_normal(s) for s in shapes))


def test_scale_is_state_but_not_learned():
    """The number travels with the weights and keeps float32 narrow."""
    layer = Scale(6.25)
    assert layer.state_dict()["scale"].shape == () and not layer.parameters()
    assert layer(np.ones(3, np.float32)).dtype == np.float32


def test_weighted_sum_with_one_hot_alpha_picks_a_location(rng):
    features = rng.standard_normal((2, 4, 3))
    alpha = np.eye(4)[[2, 0]]
    np.testing.assert_allclose(WeightedSum()(alpha, features), [features[0, 2], features[1, 0]])
