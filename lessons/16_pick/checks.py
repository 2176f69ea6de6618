"""What exercise 16 is checked on: each way back alone, rows that look softly, and a captioner along drawn paths."""

import numpy as np

from minisat.captioner import Reinforce, ShowAttendTell, TeacherForcing
from minisat.nn import EXPECTATION, Module

PLACES = ("weights", "alpha", "log_p", "entropy")


class Only(Module):
    """Of what the layer gives, one output alone; zeros come back for the others."""

    def __init__(self, layer, name):
        self.layer, self.place = layer, PLACES.index(name)

    def forward(self, scores, rng=None, choice=None):
        """scores (N, L) → the output."""
        outputs, cache = self.layer.forward(scores, rng=rng, choice=choice)
        return outputs[self.place], (outputs, cache)

    def backward(self, upstream, cache):
        """As the layer's."""
        outputs, cache = cache
        pushes = [np.zeros_like(output) for output in outputs]
        pushes[self.place] = upstream
        return self.layer.backward(tuple(pushes), cache)


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(14)
    scores, drawn = (rng.standard_normal((3, 5)),), {"choice": np.array([1, 4, 0])}
    yield "log p of places that were drawn", Only(exercise.PickOne(), "log_p"), scores, drawn
    yield "the entropy", Only(exercise.PickOne(), "entropy"), scores, drawn
    some = {"choice": np.array([2, EXPECTATION, 0])}
    yield "weights, where one row looks softly", Only(exercise.PickOne(), "weights"), scores, some
    yield "everything, where one row looks softly", exercise.PickOne(temperature=1.6), scores, some

    model = ShowAttendTell(7, 4, embedding_size=3, hidden_size=4, attention_size=3, dropout=0.0, attention="hard",
                           rng=rng)
    model.attend.softmax = exercise.PickOne()
    objective = TeacherForcing(model, None, Reinforce(weight=0.8, entropy=0.3))
    batch = rng.standard_normal((2, 4, 4)), np.array([[2, 5, 6, 5, 3], [2, 4, 3, 0, 0]]), np.array([4, 2])
    choice = np.array([[1, 0, 3, 3], [EXPECTATION] * 4])
    yield "a captioner", objective, batch, {"choice": choice, "advantage": np.array([0.9, -1.3])}
