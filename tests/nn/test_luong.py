"""Luong's scores equal the paper's formulas, in PyTorch and in a loop."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import ConcatScore, DotScore, GeneralScore


@pytest.mark.peer
@pytest.mark.parametrize("N, L, A, H", [(3, 5, 4, 6), (1, 1, 1, 1)])
def test_general_equals_torch(rng, N, L, A, H):
    """keys · (h W), by einsum."""
    assert_equals_torch(GeneralScore(A, H, rng=0),
                        lambda torch, x, p, _: torch.einsum("nla,nh,ha->nl", x[0], x[1], p["W_h"]),
                        rng.standard_normal((N, L, A)), rng.standard_normal((N, H)))


@pytest.mark.peer
def test_dot_equals_torch(rng):
    assert_equals_torch(DotScore(), lambda torch, x, p, _: torch.einsum("nlh,nh->nl", x[0], x[1]),
                        rng.standard_normal((3, 5, 4)), rng.standard_normal((3, 4)))


def test_concat_is_luongs_formula(rng):
    """v · tanh(W [a_i; h]) with one matrix, whose upper rows made the keys."""
    D, A, H = 6, 4, 3
    layer = ConcatScore(A, H, rng=0).astype("float64")
    features, h, W_a = rng.standard_normal((2, 5, D)), rng.standard_normal((2, H)), rng.standard_normal((D, A))
    W = np.concatenate([W_a, layer.W_h.data])
    for n in range(2):
        for i in range(5):
            expected = layer.v.data @ np.tanh(np.concatenate([features[n, i], h[n]]) @ W)
            assert layer(features @ W_a, h)[n, i] == pytest.approx(expected)


def test_general_is_luongs_matrix_in_two_factors(rng):
    """a_iᵀ W h with W = W_a W_hᵀ."""
    layer = GeneralScore(4, 3, rng=0).astype("float64")
    features, h, W_a = rng.standard_normal((1, 5, 6)), rng.standard_normal((1, 3)), rng.standard_normal((6, 4))
    np.testing.assert_allclose(layer(features @ W_a, h)[0], features[0] @ (W_a @ layer.W_h.data.T) @ h[0])
