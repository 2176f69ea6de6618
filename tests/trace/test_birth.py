"""A value that is not finite is traced to the inputs, the weights or the call that made it, in a few captions."""

import numpy as np
import pytest

from minisat.captioner import Recipe, Through, build_captioner, build_objective
from minisat.data.batches import CaptionBatch
from minisat.trace import INPUTS, birthplace, record_step, unstable_part
from minisat.vision import Sight, build

BATCH = CaptionBatch(np.arange(6), np.array([[2, 5, 6, 3], [2, 7, 3, 0]] * 3), np.array([3, 2] * 3))
SMALL = {"embedding_size": 4, "hidden_size": 5, "attention_size": 3}


def make(model="soft-attention", **options):
    captioner = build_captioner(Recipe(model=model, **SMALL), 9, 6)
    return captioner, build_objective(Recipe(model=model, **SMALL), captioner, **options)


def features():
    return np.random.default_rng(0).standard_normal((6, 4, 6)).astype(np.float32)


def place(objective, inputs):
    """Where a recorded step says that its first bad number was born."""
    document, _ = record_step(objective, inputs, BATCH, checks=())
    return birthplace(objective, inputs, document)


@pytest.mark.parametrize("model", ["soft-attention", "show-and-tell"])
def test_nothing_is_found_where_all_is_well(model):
    """A healthy step gives None, and leaves the weights alone."""
    captioner, objective = make(model)
    before = {name: array.copy() for name, array in captioner.state_dict().items()}
    inputs = features()
    inputs.setflags(write=False)
    assert place(objective, inputs) is None
    assert unstable_part(objective, inputs, BATCH, np.random.default_rng(0), {}) == slice(None)
    assert all(np.array_equal(array, before[name]) for name, array in captioner.state_dict().items())


def test_inputs_and_weights():
    """Features with a NaN and weights with an infinity are named as such."""
    captioner, objective = make()
    bad = features()
    bad[1, 2, 3] = np.nan
    assert place(objective, bad) == INPUTS
    captioner.L_z.W.data[0, 0] = np.inf
    assert place(objective, features()) == "the weights captioner.L_z.W"


def test_first_layer_forward():
    """Weights that overflow float32 in one product: that layer, not those after it, though a fast twin trains."""
    captioner, objective = make()
    captioner.L_h.W.data[...] = 3e38
    captioner.attend.cell.b.data[...] = 10  # every entry of h is near 1
    assert place(objective, features()) == "captioner.L_h, in the forward pass"


def test_first_layer_backward(monkeypatch):
    """A backward pass that divides by zero is named, with the pass."""
    captioner, objective = make()
    backward = type(captioner.L_o).backward
    monkeypatch.setattr(type(captioner.L_o), "backward", lambda self, dy, cache: backward(self, dy, cache)
                        * (np.nan if self is captioner.L_o else 1))
    assert place(objective, features()) == "captioner.L_o, in the backward pass"


@pytest.mark.parametrize("guilty", [0, 3, 5])
def test_the_few_captions_that_do_it(guilty):
    """Two of six, with the one that does it; what else forward is given is cut along."""
    _, objective = make()
    bad = features()
    bad[guilty, 0, 0] = np.inf
    rows = unstable_part(objective, bad, BATCH, np.random.default_rng(0), {"weights": np.ones(6)})
    assert rows.start <= guilty < rows.stop and rows.stop - rows.start <= 2


def test_encoder_that_trains_along():
    """From photos the encoder's layers are looked at too."""
    encoder = build("toy_cnn", rng=0)
    captioner = build_captioner(Recipe(**SMALL), 9, encoder.grid_shape(None)[1])
    objective = Through(Sight.of_encoder(encoder), build_objective(Recipe(**SMALL), captioner, input_gradient=True))
    photos = np.ones((6, 3, 16, 16), np.float32)
    assert place(objective, photos) is None
    encoder.conv2.W.data[...] = 3e38
    assert place(objective, photos).startswith("sight.encoder.conv2")
