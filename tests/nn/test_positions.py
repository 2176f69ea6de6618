"""Positions are the waves of the paper; a shift is one rotation, wherever it begins."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import Positions


@pytest.mark.peer
@pytest.mark.parametrize("T, M, first", [(1, 1, 0), (4, 5, 0), (3, 8, 7)])
def test_equals_the_formula_in_torch(rng, T, M, first):
    def reference(torch, inputs, _, noise):
        t = torch.arange(first, first + T, dtype=torch.float64)
        columns = [(torch.sin, torch.cos)[m % 2](t / 10000 ** (2 * (m // 2) / M)) for m in range(M)]
        return inputs[0] * M**0.5 + torch.stack(columns, dim=1)
    assert_equals_torch(Positions(), reference, rng.standard_normal((2, T, M)), first=first)


def test_a_shift_is_a_rotation():
    """p_t+3 = R p_t with the same R for all t: what "three words before" means does not depend on where one is."""
    waves = Positions()(np.zeros((40, 6)))
    R, *_ = np.linalg.lstsq(waves[:-3], waves[3:], rcond=None)
    np.testing.assert_allclose(waves[:-3] @ R, waves[3:], atol=1e-10)
    np.testing.assert_allclose(R @ R.T, np.eye(6), atol=1e-8)
