"""What recurrent cells share: two weight matrices, a bias, and a state that starts at zero."""

import numpy as np

from minisat.backend import get_array_module
from minisat.nn import init
from minisat.nn.module import Module, Parameter


class Cell(Module):
    """One time step: `state, cache = cell.forward(x, state)`; the first entry of the state is h (N, H).

    W_x (D_in, kH) and W_h (H, kH) hold the k gates side by side, b (kH,). Every gate's block is drawn by
    itself: Xavier uniform for W_x, orthogonal for W_h.
    """

    gates = 1         # k
    state_size = 1    # arrays in the state, each (N, H)

    def __init__(self, D_in, H, *, rng=None):
        rng = np.random.default_rng(rng)
        self.H = H
        self.W_x = Parameter(self._blocks(init.xavier_uniform, rng, (D_in, H)))
        self.W_h = Parameter(self._blocks(init.orthogonal, rng, (H, H)))
        self.b = Parameter(init.zeros((self.gates * H,)))

    def _blocks(self, draw, rng, shape):
        return np.concatenate([draw(rng, shape) for _ in range(self.gates)], axis=1)

    def zero_state(self, N, like):
        """A state of zeros for N sequences, with the dtype and the home of the array `like`."""
        zeros = get_array_module(like).zeros((N, self.H), dtype=like.dtype)
        return (zeros,) * self.state_size
