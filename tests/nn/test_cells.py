"""The recurrent cells equal PyTorch's, and the GRU of the paper equals its equations."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import GRUCell, LSTMCell, RNNCell

SIZES = [(3, 4, 5), (1, 1, 1), (2, 1, 3)]  # N, D_in, H


def randomised(cell, rng):
    for parameter in cell.parameters():
        parameter.data[...] = rng.standard_normal(parameter.shape)
    return cell


def torch_cell(name, D_in, H, p, torch, x, state):
    """A cell of torch.nn run with our weights."""
    cell = getattr(torch.nn, name)(D_in, H).double()
    weights = {"weight_ih": p["W_x"].T, "weight_hh": p["W_h"].T, "bias_ih": p["b"]}
    weights["bias_hh"] = torch.zeros_like(p["b"])
    if "b_h" in p:
        weights["bias_hh"] = torch.cat([weights["bias_hh"][:2 * H], p["b_h"]])
    return torch.func.functional_call(cell, weights, (x, state))


@pytest.mark.peer
@pytest.mark.parametrize("N, D_in, H", SIZES)
def test_rnn_equals_torch(rng, N, D_in, H):
    def reference(torch, x, p, _):
        return (torch_cell("RNNCell", D_in, H, p, torch, x[0], x[1][0]),)
    assert_equals_torch(randomised(RNNCell(D_in, H), rng), reference, rng.standard_normal((N, D_in)),
                        (rng.standard_normal((N, H)),))


@pytest.mark.peer
@pytest.mark.parametrize("N, D_in, H", SIZES)
def test_lstm_equals_torch(rng, N, D_in, H):
    """Gates in the order i, f, g, o, as PyTorch stores them."""
    def reference(torch, x, p, _):
        return torch_cell("LSTMCell", D_in, H, p, torch, x[0], x[1])
    assert_equals_torch(randomised(LSTMCell(D_in, H), rng), reference, rng.standard_normal((N, D_in)),
                        (rng.standard_normal((N, H)), rng.standard_normal((N, H))))


@pytest.mark.peer
@pytest.mark.parametrize("N, D_in, H", SIZES)
def test_gru_reset_after_equals_torch(rng, N, D_in, H):
    def reference(torch, x, p, _):
        return (torch_cell("GRUCell", D_in, H, p, torch, x[0], x[1][0]),)
    assert_equals_torch(randomised(GRUCell(D_in, H, reset_after=True), rng), reference,
                        rng.standard_normal((N, D_in)), (rng.standard_normal((N, H)),))


@pytest.mark.peer
@pytest.mark.parametrize("N, D_in, H", SIZES)
def test_gru_reset_before_equals_its_equations(rng, N, D_in, H):
    """Cho et al. 2014, eqs. 5 to 8, in PyTorch."""
    def reference(torch, x, p, _):
        (x_t, (h,)), W_x, W_h, b = x, p["W_x"].split(H, 1), p["W_h"].split(H, 1), p["b"].split(H)
        r = torch.sigmoid(x_t @ W_x[0] + h @ W_h[0] + b[0])
        z = torch.sigmoid(x_t @ W_x[1] + h @ W_h[1] + b[1])
        n = torch.tanh(x_t @ W_x[2] + (r * h) @ W_h[2] + b[2])
        return (z * h + (1 - z) * n,)
    assert_equals_torch(randomised(GRUCell(D_in, H), rng), reference, rng.standard_normal((N, D_in)),
                        (rng.standard_normal((N, H)),))


def test_lstm_equals_a_loop(rng):
    """One unit at a time, from the equations."""
    N, D_in, H = 2, 3, 2
    cell = randomised(LSTMCell(D_in, H), rng).astype("float64")
    x, h_prev, c_prev = rng.standard_normal((N, D_in)), rng.standard_normal((N, H)), rng.standard_normal((N, H))
    h, c = cell(x, (h_prev, c_prev))

    def sigmoid(a):
        return 1 / (1 + np.exp(-a))
    for n in range(N):
        for j in range(H):
            i, f, g, o = (sum(x[n, d] * cell.W_x.data[d, k * H + j] for d in range(D_in))
                          + sum(h_prev[n, d] * cell.W_h.data[d, k * H + j] for d in range(H))
                          + cell.b.data[k * H + j] for k in range(4))
            expected = sigmoid(f) * c_prev[n, j] + sigmoid(i) * np.tanh(g)
            assert c[n, j] == pytest.approx(expected)
            assert h[n, j] == pytest.approx(sigmoid(o) * np.tanh(expected))


def test_starting_values():
    """Each gate's recurrent block is orthogonal; the LSTM's forget gate starts open, and nothing else is biased."""
    cell = LSTMCell(3, 4, rng=0)
    assert cell.b.data.tolist() == [0] * 4 + [1] * 4 + [0] * 8
    for block in np.split(cell.W_h.data, 4, axis=1):
        np.testing.assert_allclose(block.T @ block, np.eye(4), atol=1e-5)
    assert cell.W_x.shape == (3, 16) and cell.W_x.data.dtype == np.float32
    assert GRUCell(3, 4).b_h is None and GRUCell(3, 4, reset_after=True).b_h.shape == (4,)


def test_one_cell_can_run_many_sequences(rng):
    """Caches are values: two interleaved sequences give the gradients of each run alone."""
    cell = LSTMCell(3, 4, rng=0).astype("float64")
    xs = rng.standard_normal((2, 5, 3))
    dh = np.ones((5, 4))
    (_, first), (_, second) = (cell.forward(x, cell.zero_state(5, x)) for x in xs)
    together = [cell.backward((dh, dh), cache)[0] for cache in (first, second)]
    for x, dx in zip(xs, together):
        _, cache = cell.forward(x, cell.zero_state(5, x))
        np.testing.assert_array_equal(cell.backward((dh, dh), cache)[0], dx)
