"""Linear equals PyTorch's, for any number of leading axes."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import Linear


@pytest.mark.peer
@pytest.mark.parametrize("leading", [(1,), (5,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_equals_torch(rng, leading, bias):
    assert_equals_torch(
        Linear(4, 3, bias=bias, rng=0),
        lambda torch, x, p, _: torch.nn.functional.linear(x[0], p["W"].T, p.get("b")),
        rng.standard_normal((*leading, 4)))


def test_equals_a_loop(rng):
    """y_nj = Σ_i x_ni W_ij + b_j."""
    layer, x = Linear(3, 2, rng=0).astype("float64"), rng.standard_normal((4, 3))
    layer.b.data[...] = [0.5, -1]
    for n in range(4):
        for j in range(2):
            total = layer.b.data[j] + sum(x[n, i] * layer.W.data[i, j] for i in range(3))
            assert layer(x)[n, j] == pytest.approx(total)


def test_weight_init_is_used():
    layer = Linear(2, 2, weight_init=lambda rng, shape: np.full(shape, 3, np.float32))
    assert layer.W.data.tolist() == [[3, 3], [3, 3]]
