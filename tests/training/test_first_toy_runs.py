"""Runs whose encoder is the first toy CNN, of 3×3 convolutions throughout, are built as they were."""

from dataclasses import replace

import numpy as np
import pytest

from minisat.captioner import Recipe
from minisat.text import SPECIALS, Vocabulary
from minisat.trained import TrainedCaptioner
from minisat.training import Run, RunConfig, build_model, load_run, save_checkpoint
from minisat.vision import Cells

WRITTEN = {"inputs": "photos", "encoder": "toy_cnn", "grid": "conv4", "L": 64, "D": 66, "weights": None,
          "weights_hash": None, "preprocessing": {"size": 64, "mean": [0.5] * 3, "std": [0.25] * 3}, "V": 6,
          "tune": ["conv1.0", "conv2.0", "conv3.0", "conv4.0"], "feature_scale": 1.0,
          "recipe": Recipe(embedding_size=4, hidden_size=4, attention_size=4).to_dict()}
CONFIG = RunConfig.from_dict(WRITTEN)


@pytest.fixture
def run(tmp_path):
    """A run folder with such a config."""
    model = build_model(CONFIG)
    run = Run.create(tmp_path / "run", CONFIG, Vocabulary([*SPECIALS, "ball", "box"]))
    save_checkpoint(run.best, model.state_dict(), {})
    return run


def test_it_loads_as_it_was_and_its_cells_lie_where_they_did(run):
    encoder = load_run(run.folder).model.sight.encoder
    assert encoder.conv1.W.shape == (16, 3, 3, 3) and encoder.name == "toy_cnn"
    captioner = TrainedCaptioner(run.folder, device="cpu")
    assert captioner.cells == 2 * (Cells(8, 0, 8, 64),)
    assert captioner.model.start(np.zeros((1, 3, 64, 64), np.float32)) is not None


def test_a_run_of_the_present_form_names_it(run):
    model = build_model(replace(CONFIG, view=replace(CONFIG.view, encoder="toy_cnn_v2")))
    assert model.sight.encoder.conv1.W.shape == (16, 3, 4, 4)
    assert model.sight.encoder.cells() == 2 * (Cells(8, 3.5, 8, 64),)
