"""The sentinel equals PyTorch's autograd, and its gate opens and shuts the memory."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import Sentinel


@pytest.mark.peer
@pytest.mark.parametrize("N, M, H", [(1, 1, 1), (3, 4, 5)])
def test_equals_torch(rng, N, M, H):
    layer = Sentinel(M, H, rng=rng)
    layer.b.data[...] = rng.standard_normal(H)
    assert_equals_torch(layer, lambda torch, inputs, p, _: torch.tanh(inputs[2]) * torch.sigmoid(
        inputs[0] @ p["W_x"] + inputs[1] @ p["W_h"] + p["b"]), *map(rng.standard_normal, ((N, M), (N, H), (N, H))))


@pytest.mark.parametrize("bias, share", [(-50.0, 0.0), (50.0, 1.0)])
def test_the_gate_opens_and_shuts(rng, bias, share):
    layer, memory = Sentinel(2, 3, rng=rng), rng.standard_normal((4, 3))
    layer.b.data[...] = bias
    s = layer(rng.standard_normal((4, 2)), rng.standard_normal((4, 3)), memory)
    np.testing.assert_allclose(s, share * np.tanh(memory), atol=1e-12)
