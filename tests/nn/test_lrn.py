"""Local response normalisation against PyTorch, odd and even windows, wider than the channels too."""

import numpy as np
import pytest

from minisat.gradcheck import check_case
from minisat.nn import LocalResponseNorm
from minisat.nn.cases import CASES


@pytest.mark.peer
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 12])
def test_forward_and_backward_equal_torch(rng, size):
    torch = pytest.importorskip("torch")
    x, dy = rng.standard_normal((2, 2, 4, 3, 3))
    x.setflags(write=False)
    layer = LocalResponseNorm(size, 0.3, 0.6, 1.5)
    y, cache = layer.forward(x)
    dx = layer.backward(dy, cache)
    tx = torch.from_numpy(np.array(x)).requires_grad_()
    ty = torch.nn.LocalResponseNorm(size, 0.3, 0.6, 1.5)(tx)
    ty.backward(torch.from_numpy(np.array(dy)))
    np.testing.assert_allclose(y, ty.detach().numpy(), rtol=0, atol=1e-13)
    np.testing.assert_allclose(dx, tx.grad.numpy(), rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("local_response_norm")])
def test_gradients(name):
    check_case(name, CASES[name]).assert_ok()


def test_float32_stays_float32(rng):
    layer = LocalResponseNorm(5)
    y, cache = layer.forward(rng.standard_normal((1, 1, 1, 1)).astype(np.float32))
    assert y.dtype == layer.backward(y, cache).dtype == np.float32
