"""Dropout: the share, the scale, the noise that can be frozen, and silence in evaluation."""

import numpy as np
import pytest

from minisat.nn import Dropout


def test_share_and_mean():
    """A share p is dropped, and the mean stays."""
    x = np.ones((200, 500), np.float32)
    y = Dropout(0.3)(x, rng=np.random.default_rng(0))
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.01)
    assert y.dtype == np.float32 and set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.7)}


def test_same_rng_same_mask():
    x = np.ones((5, 7), np.float32)
    a, b, c = (Dropout(0.5)(x, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert (a != c).any()


def test_draw_is_what_forward_draws():
    """`draw` and the mask by name freeze the noise."""
    layer, x = Dropout(0.5), np.random.default_rng(0).standard_normal((4, 6))
    mask = layer.draw(x.shape, np.random.default_rng(3), x)
    assert mask.dtype == x.dtype
    np.testing.assert_array_equal(layer(x, mask=mask), layer(x, rng=np.random.default_rng(3)))


def test_backward_uses_the_same_mask():
    layer, x = Dropout(0.5), np.ones((4, 6))
    y, cache = layer.forward(x, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(layer.backward(np.ones_like(x), cache), y)


@pytest.mark.parametrize("layer", [Dropout(0.5).eval(), Dropout(0.0)])
def test_inactive_is_the_identity(layer):
    """In evaluation, or with p = 0, no rng is needed and none is used."""
    x = np.random.default_rng(0).standard_normal((3, 4))
    y, cache = layer.forward(x)
    assert not layer.active
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(layer.backward(x, cache), x)


def test_missing_noise_and_bad_share_are_told():
    with pytest.raises(ValueError, match="needs an rng or a mask"):
        Dropout(0.5)(np.ones(3))
    with pytest.raises(ValueError, match="must be in"):
        Dropout(1.0)
