"""Layer normalisation equals PyTorch's, forgets shift and stretch, and lets no empty vector through as infinite."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.gradcheck import check_case
from minisat.nn import LayerNorm
from minisat.nn.cases import CASES


@pytest.mark.peer
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (2, 3, 4)])
def test_equals_torch(rng, shape):
    layer = LayerNorm(shape[-1])
    layer.gain.data[...], layer.shift.data[...] = rng.standard_normal((2, shape[-1]))
    assert_equals_torch(layer, lambda torch, inputs, p, _: torch.nn.functional.layer_norm(
        inputs[0], shape[-1:], p["gain"], p["shift"]), rng.standard_normal(shape))


def test_shift_and_stretch_are_forgotten(rng):
    x, layer = rng.standard_normal((2, 3, 50)), LayerNorm(50, affine=False)
    np.testing.assert_allclose(layer(7.0 * x - 3.0), layer(x), atol=1e-4)  # eps is the difference
    np.testing.assert_allclose(layer(x).mean(axis=-1), 0, atol=1e-12)


def test_an_empty_vector_stays_empty():
    y, cache = LayerNorm(4, affine=False).forward(np.zeros((2, 4)))
    assert not y.any() and np.isfinite(LayerNorm(4, affine=False).backward(np.ones((2, 4)), cache)).all()


def _as_if_constants(self, dy, cache):
    """Mean and variance taken for constants."""
    return dy * cache.inv_std


def test_a_planted_error_is_found(monkeypatch):
    monkeypatch.setattr(LayerNorm, "backward", _as_if_constants)
    assert not check_case("layer_norm.not_affine", CASES["layer_norm.not_affine"]).ok
