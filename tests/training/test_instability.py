"""A value that is not finite is traced to the layer that made it."""

import numpy as np
import pytest

from minisat.captioner import PhotoObjective, Recipe, build_captioner, build_objective
from minisat.training import find_instability
from minisat.vision import build

IDS, LENGTHS = np.array([[2, 5, 6, 3], [2, 7, 3, 0]]), np.array([3, 2])
SMALL = {"embedding_size": 4, "hidden_size": 5, "attention_size": 3}


def make(model="soft-attention", **options):
    captioner = build_captioner(Recipe(model=model, **SMALL), 9, 6)
    return captioner, build_objective(Recipe(model=model, **SMALL), captioner, **options)


def features(seed=0):
    return np.random.default_rng(seed).standard_normal((2, 4, 6)).astype(np.float32)


@pytest.mark.parametrize("model", ["soft-attention", "show-and-tell"])
def test_nothing_is_found_where_all_is_well(model):
    """A healthy step gives None, leaves the weights alone and takes its wrappers off again."""
    captioner, objective = make(model)
    before = {name: array.copy() for name, array in captioner.state_dict().items()}
    inputs = features()
    inputs.setflags(write=False)
    assert find_instability(objective, inputs, IDS, LENGTHS, np.random.default_rng(0)) is None
    assert all(np.array_equal(array, before[name]) for name, array in captioner.state_dict().items())
    assert all("forward" not in vars(module) for _, module in objective.named_modules())


def test_inputs_and_weights():
    """Features with a NaN and weights with an infinity are named as such."""
    captioner, objective = make()
    bad = features()
    bad[1, 2, 3] = np.nan
    assert "inputs" in find_instability(objective, bad, IDS, LENGTHS, np.random.default_rng(0))
    captioner.L_z.W.data[0, 0] = np.inf
    assert "L_z.W" in find_instability(objective, features(), IDS, LENGTHS, np.random.default_rng(0))


def test_first_layer_forward():
    """Weights that overflow float32 in one product: that layer, not those after it, though a fast twin trains."""
    captioner, objective = make()
    captioner.L_h.W.data[...] = 3e38
    captioner.attend.cell.b.data[...] = 10  # every entry of h is near 1
    found = find_instability(objective, features(), IDS, LENGTHS, np.random.default_rng(0))
    assert found is not None and "L_h" in found and "forward" in found


def test_first_layer_backward(monkeypatch):
    """A backward pass that divides by zero is named, with the pass."""
    captioner, objective = make()
    backward = captioner.L_o.backward
    monkeypatch.setattr(type(captioner.L_o), "backward",
                        lambda self, dy, cache: backward(dy, cache) * (np.nan if self is captioner.L_o else 1))
    found = find_instability(objective, features(), IDS, LENGTHS, np.random.default_rng(0))
    assert "L_o" in found and "backward" in found


def test_encoder_that_trains_along():
    """From photos the encoder's layers are watched too."""
    encoder = build("toy_cnn", rng=0)
    captioner = build_captioner(Recipe(**SMALL), 9, encoder.grid_shape(None)[1])
    objective = PhotoObjective(encoder, build_objective(Recipe(**SMALL), captioner, input_gradient=True))
    photos = np.ones((2, 3, 16, 16), np.float32)
    assert find_instability(objective, photos, IDS, LENGTHS, np.random.default_rng(0)) is None
    encoder.conv2.W.data[...] = 3e38
    assert "conv2" in find_instability(objective, photos, IDS, LENGTHS, np.random.default_rng(0))
