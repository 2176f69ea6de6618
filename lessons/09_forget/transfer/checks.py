"""What exercise 9b is checked on: pieces of several lengths beside the lesson's loop, and how much is kept."""

import numpy as np

from minisat.nn import Recurrent, RNNCell
from minisat.teaching.asking import agree, fixed, parts, wrong_unless


class Counting(RNNCell):
    """The lesson's cell, which counts the caches that backward has not seen yet."""

    kept = most = 0

    def forward(self, x, state):
        """As the cell's."""
        self.kept += 1
        self.most = max(self.most, self.kept)
        return super().forward(x, state)

    def backward(self, dstate, cache):
        """As the cell's."""
        self.kept -= 1
        return super().backward(dstate, cache)


def cases(work):
    """Yield a sentence for each thing that is right."""
    rng = np.random.default_rng(88)
    N, T, D, H = 2, 7, 3, 2
    x, doutputs = rng.standard_normal((N, T, D)), rng.standard_normal((N, T, H))
    cell = Counting(D, H, rng=rng).astype("float64")
    for parameter in cell.parameters():
        parameter.data[...] = rng.standard_normal(parameter.shape) / 2
    _, uncut, _ = _piece_by_piece(cell, x, doutputs, T)
    for k, what in ((T, "one piece of all seven steps"), (1, "pieces of one step"),
                    (3, "pieces of three steps, the last of one"), (9, "a piece longer than the text")):
        outputs, dx, gradients = _piece_by_piece(cell, x, doutputs, k)
        forgetful, _, _ = _piece_by_piece(cell, x, doutputs, k, forget=True)
        cell.zero_grad()
        cell.kept = cell.most = 0
        found, found_dx = parts("truncated", work.truncated(cell, *fixed((x, doutputs)), k), 2)
        wrong_unless(k >= T or not np.allclose(found, forgetful), f"With {what} each piece begins with a state of "
                     "zeros. The state is to go on.")
        agree(f"outputs with {what}", found, outputs)
        wrong_unless(k >= T or not np.allclose(found_dx, uncut), f"With {what} the gradient goes back from one piece "
                     "to the one before: dx is that of the uncut text.")
        agree(f"dx with {what}", found_dx, dx)
        for name, parameter in cell.named_parameters():
            agree(f"The gradient of {name} with {what}", parameter.grad, gradients[name])
        wrong_unless(cell.most <= k, f"With {what} there are {cell.most} caches before the first way back: go back "
                     "through a piece before you read the next.")
        yield f"{what}: outputs, dx, and the gradients of the cell"


def _piece_by_piece(cell, x, doutputs, k, forget=False):
    """outputs, dx and {name: gradient}: the lesson's loop once for each piece; `forget` begins each with zeros."""
    loop, state, outputs, dx = Recurrent(cell), None, [], []
    cell.zero_grad()
    for start in range(0, x.shape[1], k):
        piece = slice(start, start + k)
        (some, last), cache = loop.forward(x[:, piece], None, state)
        some_dx, _, _ = loop.backward((doutputs[:, piece], (np.zeros(last[0].shape),)), cache)
        state = None if forget else last
        outputs.append(some)
        dx.append(some_dx)
    gradients = {name: parameter.grad.copy() for name, parameter in cell.named_parameters()}
    return np.concatenate(outputs, axis=1), np.concatenate(dx, axis=1), gradients
