"""Softmax cross-entropy equals PyTorch's, ignores what is masked, and never takes log 0."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import CrossEntropy, log_softmax


@pytest.mark.peer
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (3, 4, 6)])
def test_equals_torch(rng, shape):
    def reference(torch, x, p, noise):
        return torch.nn.functional.cross_entropy(x[0].reshape(-1, shape[-1]), x[1].reshape(-1))
    assert_equals_torch(CrossEntropy(), reference, rng.standard_normal(shape) * 3,
                        rng.integers(0, shape[-1], shape[:-1]))


@pytest.mark.peer
def test_masked_equals_torch_with_ignored_targets(rng):
    def reference(torch, x, p, noise):
        targets = torch.where(noise["mask"], x[1], -100)
        return torch.nn.functional.cross_entropy(x[0].reshape(-1, 6), targets.reshape(-1))
    assert_equals_torch(CrossEntropy(), reference, rng.standard_normal((3, 4, 6)), rng.integers(0, 6, (3, 4)),
                        mask=np.array([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 0, 0]], bool))


def test_equals_a_loop(rng):
    logits, targets = rng.standard_normal((4, 3)), [2, 0, 1, 1]
    losses = [-np.log(np.exp(row[t]) / np.exp(row).sum()) for row, t in zip(logits, targets)]
    assert CrossEntropy()(logits, np.array(targets)) == pytest.approx(np.mean(losses))


def test_padding_does_not_matter(rng):
    """Whatever stands at masked positions, even infinities, changes neither loss nor gradients."""
    logits, targets = rng.standard_normal((2, 3, 5)), rng.integers(0, 5, (2, 3))
    mask = np.array([[1, 1, 0], [1, 0, 0]], bool)
    other, other_targets = logits.copy(), targets.copy()
    other[~mask] = 1e4 * rng.standard_normal((3, 5))
    other_targets[~mask] = 0
    results = []
    for x, t in ((logits, targets), (other, other_targets)):
        loss, cache = CrossEntropy().forward(x, t, mask=mask)
        results.append((loss, CrossEntropy().backward(1.0, cache)[0]))
    assert results[0][0] == results[1][0]
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert not results[0][1][~mask].any()


def test_everything_masked_is_zero(rng):
    loss, cache = CrossEntropy().forward(rng.standard_normal((2, 5)), np.array([1, 2]), mask=np.zeros(2, bool))
    assert loss == 0 and not CrossEntropy().backward(1.0, cache)[0].any()


def test_huge_logits_stay_finite():
    """A certain and wrong prediction costs its logit, not infinity."""
    logits = np.array([[1e4, 0, -1e4]], np.float32)
    with np.errstate(all="raise", under="ignore"):
        loss, cache = CrossEntropy().forward(logits, np.array([2]))
        dlogits, _ = CrossEntropy().backward(1.0, cache)
    assert loss == 2e4 and np.isfinite(dlogits).all()


def test_log_softmax_sums_to_one(rng):
    x = rng.standard_normal((2, 3, 7)) * 50
    np.testing.assert_allclose(np.exp(log_softmax(x)).sum(-1), 1)
