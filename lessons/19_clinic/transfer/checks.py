"""What exercise 19b is checked on: layers that are right, and layers each of which is ill in another way."""

import numpy as np

from minisat.nn import Linear, Module, Softmax, Tanh
from minisat.teaching.asking import agree, wrong_unless

RIGHT, ILL = 1e-7, 1e-3  # an error below is a pass, one above a complaint


class Small(Module):
    """y = tanh(x) / 10⁹."""

    def forward(self, x):
        """x → y, cache."""
        y, cache = Tanh().forward(x)
        return y / 1e9, cache

    def backward(self, dy, cache):
        """dy → dx."""
        return Tanh().backward(dy / 1e9, cache)


class Deaf(Module):
    """y = 1 whatever x is."""

    def forward(self, x):
        """x → y, cache."""
        return np.ones(x.shape), ()

    def backward(self, dy, cache):
        """dy → zeros."""
        return np.zeros(dy.shape)


class Ill(Module):
    """`layer`, whose dx is changed on its way out."""

    def __init__(self, layer, change):
        self.layer, self.change = layer, change

    def forward(self, x):
        """As the layer's."""
        return self.layer.forward(x)

    def backward(self, dy, cache):
        """As the layer's, changed."""
        return self.change(self.layer.backward(dy, cache))


def _one_entry(dx):
    dx = dx.copy()
    dx[-1, -1] *= 1.5
    return dx


def cases(work):
    """Yield a sentence for each thing that is right."""
    rng = np.random.default_rng(1717)
    linear = Linear(4, 3, rng=rng).astype("float64")
    for what, layer in (("tanh", Tanh()), ("the affine layer", linear), ("the softmax", Softmax()),
                        ("tanh / 10⁹, a very small gradient,", Small())):
        found = max(_asked(work, layer, rng))
        why = ("Its outputs always add up to 1: with ones for dy the loss does not move." if what == "the softmax" else
               "Is x nudged to both sides, each entry alone, with the same dy each time?")
        wrong_unless(found < RIGHT, f"The backward pass of {what} is right, and your check calls it wrong: "
                     f"{found:.1e}. {why}")
    yield "what is right passes"
    found = max(_asked(work, Deaf(), rng))
    wrong_unless(found == 0, f"A layer that does not answer to x has zeros for a gradient, and so says the nudge. Your "
                 f"check says {found}, and should say 0.0.")
    yield "zeros that are right are right"
    found = _asked(work, Ill(Tanh(), lambda dx: 1.01 * dx), rng)
    agree("The error of a backward pass whose numbers are all 1.01 times too large, 0.01 / 1.01,", found,
          np.full(3, 0.01 / 1.01), tolerance=1e-6)
    for what, layer, why in (
            ("A softmax that returns zeros", Ill(Softmax(), lambda dx: 0 * dx), " Its outputs always add up to 1: with "
             "ones for dy the loss does not move."),
            ("One wrong entry of twelve, the last,", Ill(linear, _one_entry), " Nudge every entry, and take the "
             "largest error."),
            ("A factor of 2 in a very small gradient", Ill(Small(), lambda dx: 2 * dx), " An error is large or small "
             "beside the gradient."),
            ("The wrong sign", Ill(linear, lambda dx: -dx), "")):
        found = min(_asked(work, layer, rng))
        wrong_unless(found > ILL, f"{what} is not caught: your check says {found:.1e}.{why}")
    yield "five that are ill are caught"


def _asked(work, layer, rng):
    """What three checks say, each with other numbers."""
    found = []
    for seed in range(3):
        x = rng.standard_normal((3, 4))
        x[0, 1] = 1e-9  # beside h, where x + h − h is not x
        before = x.copy()
        with np.errstate(all="ignore"):
            found.append(work.worst(layer, x, np.random.default_rng(seed)))
        wrong_unless(np.ndim(found[-1]) == 0 and np.isfinite(float(found[-1])), "worst is to return one number, and a "
                     f"finite one; it returns {found[-1]}. (0 / 0 is nan: are both zero everywhere?)")
        wrong_unless(np.array_equal(x, before), "x is not what it was. Rounding is enough for that: put the old number "
                     "back, x[place] = kept.")
    return found
