"""What exercise 12 is checked on: one word, captions with padding, and the photo shown again at every step."""

import numpy as np

from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.text import END, PAD, START


def cases(exercise):
    """Yield (name, module, inputs, noise)."""
    rng = np.random.default_rng(10)
    V, L, D = 7, 3, 2

    def captioner(**options):
        sizes = {"embedding_size": 3, "hidden_size": 2, "dropout": 0.0, "feature_scale": 1.5}
        return TeacherForcing(exercise.PhotoFirst(V, D, rng=rng, **sizes, **options))

    one, two = rng.standard_normal((1, L, D)), rng.standard_normal((2, L, D))
    captions, lengths = np.array([[START, 5, 6, END], [START, 5, END, PAD]]), np.array([3, 2])
    yield "one word", captioner(), (one, np.array([[START, END]]), np.array([1])), {}
    yield "captions with padding", captioner(), (two, captions, lengths), {}
    yield "the photo at every step", captioner(image_every_step=True), (two, captions, lengths), {}
