"""What exercise 1b is checked on: each operation, the chain of the lesson, and every slope of a function."""

import numpy as np

from minisat.teaching.asking import agree, parts


def cases(work):
    """Yield a sentence for each thing that is right."""
    _hold("plus((2, 3), (5, 7))", work.plus((2.0, 3.0), (5.0, 7.0)), 7, 10)
    _hold("times((2, 3), (5, 7))", work.times((2.0, 3.0), (5.0, 7.0)), 10, 29)
    _hold("times(a, a) with a = (3, 1), which is the square of a,", work.times((3.0, 1.0), (3.0, 1.0)), 9, 6)
    yield "plus and times: what both factors do adds up"
    _hold("over((6, 1), (3, 0))", work.over((6.0, 1.0), (3.0, 0.0)), 2, 1 / 3)
    _hold("over((6, 0), (3, 1)), where only the divisor moves,", work.over((6.0, 0.0), (3.0, 1.0)), 2, -2 / 3)
    _hold("over((6, 1), (3, 2))", work.over((6.0, 1.0), (3.0, 2.0)), 2, -1)
    yield "over: top and bottom both move it"
    y = np.tanh(0.8)
    _hold("tanh((0.8, 2))", work.tanh((0.8, 2.0)), y, 2 * (1 - y**2))
    yield "tanh: its local slope times what arrives"

    x, b, t, w = 0.5, 0.1, -0.3, 0.8
    y = np.tanh(w * x + b)
    off = work.plus(work.tanh(work.plus(work.times((w, 1.0), (x, 0.0)), (b, 0.0))), (-t, 0.0))
    _hold("The loss of the lesson's chain", work.times(off, off), (y - t)**2, 2 * (y - t) * (1 - y**2) * x)
    yield "the lesson's chain: the slope of its loss, in one walk forwards"

    walks = []

    def f(inputs):
        walks.append(inputs)
        w, x, b = inputs
        return work.over(work.tanh(work.plus(work.times(w, x), b)), work.plus(work.times(x, x), w))

    bottom, y = x * x + w, np.tanh(w * x + b)
    chain, right = (1 - y**2) / bottom, y / bottom**2
    agree("slopes of tanh(w x + b) / (x² + w) for w, x, b", work.slopes(f, np.array([w, x, b])),
          [chain * x - right, chain * w - right * 2 * x, chain])
    yield f"slopes: one for each of three inputs, in {len(walks)} walks; backpropagation needs one walk for all of them"


def _hold(what, found, value, move):
    found = parts(what, found, 2)
    agree(f"The value of {what}", found[0], value)
    agree(f"The move of {what}", found[1], move)
