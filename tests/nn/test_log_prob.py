"""The log-probability of a word: PyTorch's, cross-entropy's with the sign turned, and flatter with temperature."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import CrossEntropy, LogProb


@pytest.mark.peer
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_equals_torch(rng, temperature):
    def reference(torch, x, p, noise):
        log_p = torch.log_softmax(x[0] / temperature, dim=-1)
        return torch.gather(log_p, -1, x[1][..., None])[..., 0]
    assert_equals_torch(LogProb(temperature), reference, rng.standard_normal((3, 4, 6)), rng.integers(0, 6, (3, 4)))


def test_the_mean_is_the_cross_entropy(rng):
    logits, targets = rng.standard_normal((3, 4, 6)), rng.integers(0, 6, (3, 4))
    assert -LogProb()(logits, targets).mean() == pytest.approx(CrossEntropy()(logits, targets))


def test_it_stays_finite_where_p_is_zero_in_floats():
    """A word that the softmax rules out has a log-probability still, and a gradient."""
    logits, targets = np.array([[0.0, 2000.0]]), np.array([0])
    log_p, cache = LogProb().forward(logits, targets)
    dlogits, _ = LogProb().backward(np.ones(1), cache)
    assert log_p[0] == -2000.0 and dlogits.tolist() == [[1.0, -1.0]]


def test_each_row_of_the_gradient_sums_to_zero_and_dtypes_stay(rng):
    logits = rng.standard_normal((5, 7)).astype(np.float32)
    log_p, cache = LogProb(0.7).forward(logits, np.array([0, 6, 2, 2, 1]))
    dlogits, _ = LogProb(0.7).backward(np.ones(5, np.float32), cache)
    assert log_p.dtype == dlogits.dtype == np.float32
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-6)
