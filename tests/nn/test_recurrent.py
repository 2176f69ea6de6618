"""A sequence through a cell equals PyTorch's packed sequences; padding is inert."""

import numpy as np
import pytest
from torch_parity import assert_equals_torch

from minisat.nn import GRUCell, LSTMCell, Recurrent, RNNCell

LENGTHS = [4, 2, 1]
MASK = np.arange(4) < np.array(LENGTHS)[:, None]
CELLS = [RNNCell, LSTMCell, GRUCell, lambda *sizes, rng: GRUCell(*sizes, reset_after=True, rng=rng)]


@pytest.mark.peer
def test_lstm_equals_torch_packed_sequences(rng):
    """Outputs at real steps, last states at every length, and all gradients."""
    def reference(torch, x, p, _):
        features, mask, (h, c) = x
        lstm = torch.nn.LSTM(3, 5, batch_first=True).double()
        weights = {"weight_ih_l0": p["cell.W_x"].T, "weight_hh_l0": p["cell.W_h"].T, "bias_ih_l0": p["cell.b"],
                   "bias_hh_l0": torch.zeros_like(p["cell.b"])}
        packed = torch.nn.utils.rnn.pack_padded_sequence(features, LENGTHS, batch_first=True)
        packed, (h, c) = torch.func.functional_call(lstm, weights, (packed, (h[None], c[None])))
        outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
        return torch.where(mask[:, :, None], outputs, h[0][:, None]), (h[0], c[0])  # ours repeats the last h
    assert_equals_torch(Recurrent(LSTMCell(3, 5, rng=0)), reference, rng.standard_normal((3, 4, 3)), MASK,
                        (rng.standard_normal((3, 5)), rng.standard_normal((3, 5))))


@pytest.mark.parametrize("make", CELLS)
def test_padding_is_inert(rng, make):
    """What stands at padded steps changes nothing and gets no gradient."""
    layer = Recurrent(make(3, 5, rng=0)).astype("float64")
    x, dy = rng.standard_normal((3, 4, 3)), rng.standard_normal((3, 4, 5))
    other = np.where(MASK[:, :, None], x, 100.0)
    (outputs, state), cache = layer.forward(x, MASK)
    (outputs_other, state_other), cache_other = layer.forward(other, MASK)
    np.testing.assert_array_equal(outputs, outputs_other)
    for a, b in zip(state, state_other):
        np.testing.assert_array_equal(a, b)
    dstate = tuple(np.ones_like(s) for s in state)
    dx, _, _ = layer.backward((dy, dstate), cache)
    grads = [parameter.grad.copy() for parameter in layer.parameters()]
    layer.zero_grad()
    dx_other, _, _ = layer.backward((dy, dstate), cache_other)
    np.testing.assert_allclose(dx, dx_other, atol=1e-14)
    assert not dx[~MASK].any() and dx[MASK].all()
    for parameter, grad in zip(layer.parameters(), grads):
        np.testing.assert_allclose(parameter.grad, grad, atol=1e-14)


@pytest.mark.parametrize("make", CELLS)
def test_a_padded_row_equals_the_short_sequence(rng, make):
    """The state after padding is the state after the last real step."""
    layer = Recurrent(make(3, 5, rng=0)).astype("float64")
    x = rng.standard_normal((3, 4, 3))
    (outputs, state), _ = layer.forward(x, MASK)
    for n, length in enumerate(LENGTHS):
        (alone, last), _ = layer.forward(x[n:n + 1, :length])
        np.testing.assert_allclose(outputs[n, :length], alone[0], atol=1e-14)
        np.testing.assert_allclose(outputs[n, length:], np.broadcast_to(alone[0, -1], (4 - length, 5)), atol=1e-14)
        np.testing.assert_allclose(state[0][n], last[0][0], atol=1e-14)


@pytest.mark.parametrize("make", CELLS)
def test_two_halves_equal_the_whole(rng, make):
    """The last state of one call is the first state of the next."""
    layer = Recurrent(make(3, 5, rng=0)).astype("float64")
    x = rng.standard_normal((2, 6, 3))
    (whole, _), _ = layer.forward(x)
    (first, state), _ = layer.forward(x[:, :3])
    (second, _), _ = layer.forward(x[:, 3:], None, state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-14)
