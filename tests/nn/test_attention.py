"""Additive attention scores equal PyTorch's expression and a plain loop."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import AdditiveScore


@pytest.mark.peer
@pytest.mark.parametrize("N, L, A, H", [(3, 5, 4, 6), (1, 1, 1, 1), (2, 7, 3, 1)])
def test_equals_torch(rng, N, L, A, H):
    layer = AdditiveScore(A, H, rng=0)
    layer.b.data[...] = rng.standard_normal(A)
    assert_equals_torch(
        layer, lambda torch, x, p, _: torch.tanh(x[0] + (x[1] @ p["W_h"] + p["b"])[:, None]) @ p["v"],
        rng.standard_normal((N, L, A)), rng.standard_normal((N, H)))


def test_equals_a_loop(rng):
    """e_ni = Σ_a v_a tanh(keys_nia + Σ_h h_nh W_ha + b_a)."""
    layer = AdditiveScore(3, 2, rng=0).astype("float64")
    layer.b.data[...] = rng.standard_normal(3)
    keys, h = rng.standard_normal((2, 4, 3)), rng.standard_normal((2, 2))
    scores = layer(keys, h)
    for n in range(2):
        query = [sum(h[n, k] * layer.W_h.data[k, a] for k in range(2)) + layer.b.data[a] for a in range(3)]
        for i in range(4):
            e = sum(layer.v.data[a] * np.tanh(keys[n, i, a] + query[a]) for a in range(3))
            assert scores[n, i] == pytest.approx(e)
