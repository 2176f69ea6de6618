"""The GPU's twins of the LSTM's two passes: the same products, and one kernel for all between them."""

from minisat.backend import GPU
from minisat.backend.devices import cupy
from minisat.backend.kernels import blocks
from minisat.nn.cuda.activations import LAYERS
from minisat.nn.lstm import LSTMCache, LSTMCell


@LSTMCell.forward.twin(GPU)
def forward(cell, x, state):
    """As `LSTMCell.forward`."""
    h_prev, c_prev = state
    gates = x @ cell.W_x.data
    gates += h_prev @ cell.W_h.data
    (N, H), dtype, c_prev = c_prev.shape, gates.dtype, cupy.ascontiguousarray(c_prev)
    h, c, tanh_c = (cupy.empty((N, H), dtype) for _ in range(3))
    LAYERS["lstm_gates", dtype](*blocks(N * H), (gates, cell.b.data, c_prev, h, c, tanh_c, N, H))
    return (h, c), LSTMCache(x, h_prev, c_prev, gates, tanh_c)


@LSTMCell.backward.twin(GPU)
def backward(cell, dstate, cache):
    """As `LSTMCell.backward`."""
    x, h_prev, c_prev, gates, tanh_c = cache
    dh, dc = (cupy.ascontiguousarray(d) for d in dstate)
    (N, H), da, dc_prev = tanh_c.shape, cupy.empty_like(gates), cupy.empty_like(tanh_c)
    LAYERS["lstm_gates_backward", gates.dtype](*blocks(N * H), (dh, dc, gates, c_prev, tanh_c, da, dc_prev, N, H))
    cell.W_x.grad += x.T @ da
    cell.W_h.grad += h_prev.T @ da
    cell.b.grad += da.sum(axis=0)
    return da @ cell.W_x.data.T, (da @ cell.W_h.data.T, dc_prev)
