"""The likelihood of captions by the decoding protocol equals teacher forcing, whatever the beginnings they share."""

import numpy as np
import pytest

from minisat.captioner import GRUNotebook, ShowAttendTell, ShowTell, fast_decoder
from minisat.evaluation import likelihood, log_likelihoods
from minisat.nn import log_softmax
from minisat.text import END, START

V, D, L = 12, 5, 4
SIZES = {"embedding_size": 6, "hidden_size": 7, "rng": 0}
CAPTIONERS = {"told": lambda: ShowTell(V, D, **SIZES),
              "every step": lambda: ShowTell(V, D, image_every_step=True, **SIZES),
              "soft": lambda: ShowAttendTell(V, D, attention_size=5, **SIZES),
              "gru": lambda: GRUNotebook(V, D, attention_size=5, **SIZES)}
CAPTIONS = [[5, 6, 7], [5, 6], [8], [], [5, 6, 7], [5, 6, 9, 4, 10], [9, 6, 7]]


def captioner(name):
    model = CAPTIONERS[name]().astype("float64")
    model.eval()
    for parameter in model.parameters():
        parameter.data *= 3  # fresh weights have no opinion
    return model


def teacher_forced(model, features, caption):
    words = np.tile([START, *caption], (len(features), 1))
    logits, _ = model.forward(features, words)[0]
    asked = np.array([*caption, END])
    return log_softmax(logits.reshape(-1, V)).reshape(logits.shape)[:, np.arange(len(asked)), asked].sum(axis=1)


@pytest.mark.parametrize("name", CAPTIONERS)
@pytest.mark.parametrize("rows, together", [(512, 256), (1, 256), (7, 3)])
def test_equal_to_teacher_forcing_in_any_portions(name, rows, together, rng, monkeypatch):
    monkeypatch.setattr(likelihood, "CAPTIONS", together)
    model, features = captioner(name), rng.normal(size=(3, L, D))
    found = log_likelihoods(fast_decoder(model), features, CAPTIONS, rows)
    expected = np.stack([teacher_forced(model, features, caption) for caption in CAPTIONS], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert np.ptp(found, axis=0).min() > 1e-6  # the photo matters


def test_like_beginnings_share_their_steps(rng):
    model = captioner("told")
    rows = []
    step = model.step
    model.step = lambda state, ids: rows.append(len(ids)) or step(state, ids)
    log_likelihoods(model, rng.normal(size=(2, L, D)), CAPTIONS)
    # Different beginnings of 0, 1, … words: <start>; 5, 8, 9; 56, 96; 567, 569, 967; 5694; 569410.
    assert rows == [2 * n for n in (1, 3, 2, 3, 1, 1)]
