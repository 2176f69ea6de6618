"""Hard attention in training: it learns, logs its attention's entropy, and resumes with its baseline, bit for bit."""

import numpy as np
import pytest
from small_trainings import SMALL, assert_same_run, interrupt_at_step

from minisat.captioner import Recipe
from minisat.data import read_dataset
from minisat.training import Run, assemble, load_checkpoint, load_run
from minisat.vision import View

HARD = SMALL | {"model": "hard-attention"}


def make_trainer(folder, squares, store, **fields):
    options = {name: fields.pop(name) for name in ("report", "log_every") if name in fields}
    trainer, _ = assemble(read_dataset(squares), folder, Recipe(**HARD | fields), View.of_store(store), **options)
    return trainer


@pytest.mark.parametrize("fields", [{}, {"hard_samples": 2, "score": "dot", "cell": "gru"}], ids=["fast", "reference"])
def test_interrupted_and_resumed_is_bit_for_bit(squares, store, tmp_path, fields):
    """Ctrl-C after every fifth step: weights, log and the moving average are those of the uninterrupted run."""
    make_trainer(tmp_path / "whole", squares, store, **fields).fit()
    outcome = None
    while outcome is None or outcome.reason == "interrupted":
        outcome = make_trainer(tmp_path / "parts", squares, store, report=interrupt_at_step(5), **fields).fit()
    assert outcome.reason == "finished"
    assert_same_run(tmp_path / "whole", tmp_path / "parts")
    (whole, _), (parts, _) = (load_checkpoint(tmp_path / name / "last.safetensors") for name in ("whole", "parts"))
    assert whole["reinforce.average"] == parts["reinforce.average"] > 1.0


def test_it_learns_and_logs_the_entropy_of_its_attention(squares, store, tmp_path):
    """The loss falls by half with drawn locations; every logged figure is finite; entropies lie in [0, log L]."""
    make_trainer(tmp_path / "run", squares, store, epochs=25, log_every=2).fit()
    lines = Run.open(tmp_path / "run").metrics()
    epochs, steps = ([line for line in lines if line["kind"] == kind] for kind in ("epoch", "step"))
    assert epochs[-1]["dev_loss"] < 0.5 * epochs[0]["dev_loss"]
    L = load_run(tmp_path / "run").config.view.L
    assert len(steps) > 20
    for line in steps:
        assert all(np.isfinite(value) for value in line.values() if isinstance(value, float))
        assert 0 <= line["attention_entropy"] <= np.log(L) + 1e-5 and "reinforce" in line
    assert all(0 <= line["dev_attention_entropy"] <= np.log(L) + 1e-5 for line in epochs)


@pytest.mark.parametrize("recipe", ["soft-attention", "gru-notebook"])
def test_soft_captioners_log_it_too(squares, store, tmp_path, recipe):
    make_trainer(tmp_path / "run", squares, store, model=recipe, epochs=1, log_every=1).fit()
    assert all(line["attention_entropy"] > 0 for line in Run.open(tmp_path / "run").metrics() if line["kind"] == "step")
