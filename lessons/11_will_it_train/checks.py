"""What exercise 11 is checked on: dropout while it learns and after, then Adam's first step, many steps, and decay."""

import numpy as np

from minisat.nn import Parameter
from minisat.optim import Adam, FlatParameters
from minisat.teaching.asking import agree, fixed, wrong_unless


def cases(exercise):
    """Yield (name, module, inputs, noise), and a sentence for each thing that is right."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal((4, 6))
    yield "half of the entries dropped", exercise.Thinned(0.5), (x,), {"mask": 2.0 * (rng.random(x.shape) < 0.5)}
    yield "a mask drawn anew at each call, with one seed", exercise.Thinned(0.3), (x,), {}
    yield "after training, when nothing is dropped", exercise.Thinned(0.5).eval(), (x,), {}

    def stepped(gradients, rate, decay):
        """(minisat's weights, the learner's) after a step with each of the gradients."""
        own, memory = Parameter(start.copy()), {"m": np.zeros(5), "v": np.zeros(5), "t": 0}
        optimizer, w = Adam(FlatParameters([own]), rate, decay), start.copy()
        for g in gradients:
            own.grad[...] = g
            optimizer.step()
            exercise.adam(w, fixed(g), memory, rate, decay)
        return own.data, w

    start = rng.standard_normal(5)
    gradients = rng.standard_normal((6, 5)) * np.array([1000.0, 1.0, 0.1, 1e-3, 10.0])
    wanted, found = stepped(gradients[:1], 0.1, 0.0)
    wrong_unless(not np.array_equal(found, start), "After a step w is as it was: it is to be changed in place, by "
                 "-= and *=.")
    agree("w after the first step (every weight moves by the whole rate)", found, wanted)
    yield "adam: the first step"
    wanted, found = stepped(gradients, 0.1, 0.0)
    agree("w after six steps", found, wanted)
    yield "adam: what it remembers"
    wanted, found = stepped(gradients, 0.1, 0.5)
    agree("w after six steps with a decay of 0.5", found, wanted)
    yield "adam: weight decay, apart from the gradient"
