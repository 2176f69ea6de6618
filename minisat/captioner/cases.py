"""Small captioners whose gradients the checker holds against numbers, dropout on."""

import numpy as np

from minisat.captioner.fast_teacher_forcing import FastTeacherForcing
from minisat.captioner.photo_captioner import PhotoObjective
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.show_tell import ShowTell
from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.nn import DoublyStochasticPenalty
from minisat.vision import build
from minisat.vision.cases import with_biases

V, D, SIZES = 11, 5, {"embedding_size": 4, "hidden_size": 6, "dropout": 0.5, "feature_scale": 1.7}


def _batch(rng):
    """Three captions of 4, 2 and 3 words (`<end>` counted), a repeated word among them, padded."""
    ids = np.array([[2, 5, 6, 5, 3], [2, 7, 3, 0, 0], [2, 5, 10, 3, 0]])
    return rng.standard_normal((3, 4, D)), ids, np.array([4, 2, 3])


def _soft(rng, **options):
    return ShowAttendTell(V, options.pop("D", D), **SIZES, attention_size=3, rng=rng, **options)


def _soft_attention(rng):
    return TeacherForcing(_soft(rng), DoublyStochasticPenalty(0.7, "paper")), _batch(rng), {}


def _soft_attention_fast(rng):
    objective = FastTeacherForcing(_soft(rng), DoublyStochasticPenalty(0.7, "arctic"), input_gradient=True)
    return objective, _batch(rng), {}


def _show_tell(rng):
    return TeacherForcing(ShowTell(V, D, **SIZES, rng=rng)), _batch(rng), {}


def _end_to_end(rng):
    encoder = with_biases(build("toy_cnn", rng=rng), rng)
    _, ids, lengths = _batch(rng)
    grid_size = encoder(rng.standard_normal((1, 3, 16, 16)).astype(np.float32)).shape[-1]
    objective = FastTeacherForcing(_soft(rng, D=grid_size), DoublyStochasticPenalty(0.7, "mean"), input_gradient=True)
    return PhotoObjective(encoder, objective), (rng.standard_normal((3, 3, 16, 16)), ids, lengths), {}


CASES = {
    "captioner.soft-attention": _soft_attention,
    "captioner.soft-attention.fast": _soft_attention_fast,
    "captioner.show-and-tell": _show_tell,
    "captioner.photos-to-loss": _end_to_end,
}
