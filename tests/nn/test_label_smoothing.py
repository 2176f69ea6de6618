"""Smoothed cross-entropy equals PyTorch's, is least at the smoothed labels, and is plain in evaluation."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import CrossEntropy, SmoothedCrossEntropy

MASK = np.array([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 0, 0]], bool)


@pytest.mark.peer
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (3, 4, 6)])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
def test_equals_torch(rng, shape, smoothing):
    def reference(torch, x, p, noise):
        return torch.nn.functional.cross_entropy(x[0].reshape(-1, shape[-1]), x[1].reshape(-1),
                                                 label_smoothing=smoothing)
    assert_equals_torch(SmoothedCrossEntropy(smoothing), reference, rng.standard_normal(shape) * 3,
                        rng.integers(0, shape[-1], shape[:-1]))


@pytest.mark.peer
def test_masked_equals_torch_with_ignored_targets(rng):
    def reference(torch, x, p, noise):
        targets = torch.where(noise["mask"], x[1], -100)
        return torch.nn.functional.cross_entropy(x[0].reshape(-1, 6), targets.reshape(-1), label_smoothing=0.2)
    assert_equals_torch(SmoothedCrossEntropy(0.2), reference, rng.standard_normal((3, 4, 6)),
                        rng.integers(0, 6, (3, 4)), mask=MASK)


@pytest.mark.peer
def test_weighted_equals_torch(rng):
    def reference(torch, x, p, noise):
        each = torch.nn.functional.cross_entropy(x[0].reshape(-1, 6), x[1].reshape(-1), label_smoothing=0.2,
                                                 reduction="none")
        return (each.reshape(3, 4) * noise["mask"] * noise["weight"]).sum()
    assert_equals_torch(SmoothedCrossEntropy(0.2), reference, rng.standard_normal((3, 4, 6)),
                        rng.integers(0, 6, (3, 4)), mask=MASK, weight=rng.standard_normal((3, 1)))


def test_is_least_where_the_prediction_is_the_smoothed_label():
    """At p = q no logit is pushed, and the right one stands log((1 - ε) V / ε + 1) above the others."""
    V, smoothing = 5, 0.3
    q = np.full((1, V), smoothing / V)
    q[0, 2] += 1 - smoothing
    layer = SmoothedCrossEntropy(smoothing)
    loss, cache = layer.forward(np.log(q), np.array([2]))
    assert loss == pytest.approx(-(q * np.log(q)).sum())
    np.testing.assert_allclose(layer.backward(1.0, cache)[0], 0, atol=1e-15)
    assert np.log(q[0, 2] / q[0, 0]) == pytest.approx(np.log((1 - smoothing) * V / smoothing + 1))


def test_evaluation_is_plain(rng):
    """Whatever the smoothing: loss and gradient of the cross-entropy, to the bit."""
    logits, targets = rng.standard_normal((3, 4, 6)), rng.integers(0, 6, (3, 4))
    results = []
    for layer in (CrossEntropy(), SmoothedCrossEntropy(0.4).eval()):
        loss, cache = layer.forward(logits, targets, mask=MASK)
        results.append((loss, layer.backward(0.5, cache)[0].tobytes()))
    assert results[0] == results[1]


def test_padding_does_not_matter(rng):
    """Whatever stands at masked positions changes neither loss nor gradients."""
    logits, targets = rng.standard_normal((3, 4, 6)), rng.integers(0, 6, (3, 4))
    other = np.where(MASK[:, :, None], logits, np.inf)
    layer, results = SmoothedCrossEntropy(0.1), []
    with np.errstate(invalid="ignore"):
        for x in (logits, np.where(MASK[:, :, None], logits, 1e4), other):
            loss, cache = layer.forward(x, targets, mask=MASK)
            results.append((loss, layer.backward(1.0, cache)[0][MASK].tobytes()))
    assert results[0] == results[1] == results[2]
    assert not layer.backward(1.0, layer.forward(logits, targets, mask=MASK)[1])[0][~MASK].any()


def test_everything_masked_is_zero(rng):
    layer = SmoothedCrossEntropy(0.1)
    loss, cache = layer.forward(rng.standard_normal((2, 5)), np.array([1, 2]), mask=np.zeros(2, bool))
    assert loss == 0 and not layer.backward(1.0, cache)[0].any()


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_a_smoothing_that_makes_no_sense_is_told(smoothing):
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        SmoothedCrossEntropy(smoothing)
