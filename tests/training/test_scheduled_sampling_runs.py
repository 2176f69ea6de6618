"""Training with scheduled sampling: the share of own words rises, a run resumes bit for bit, misfits are refused."""

import numpy as np
import pytest
from small_trainings import SMALL, assert_same_run, interrupt_at_step

from minisat.captioner import Recipe
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.training import assemble
from minisat.vision import View


def make_trainer(folder, squares, store, report=None, **fields):
    recipe = Recipe(**SMALL | {"own_words": 0.8} | fields)
    options = {} if report is None else {"report": report}
    trainer, _ = assemble(read_dataset(squares), folder, recipe, View.of_store(store), **options)
    return trainer


@pytest.mark.parametrize("model", ["soft-attention", "show-and-tell"])
def test_the_words_read_are_ever_more_its_own(squares, store, tmp_path, model):
    """What the objective is given: from almost none to some, and never other words to be predicted."""
    trainer, given = make_trainer(tmp_path / "run", squares, store, model=model), []
    forward = trainer.objective.forward

    def listening(features, ids, lengths, **noise):
        assert ("read" in noise) == trainer.objective.training  # dev's loss is that of teacher forcing
        if "read" in noise:
            real = np.arange(1, ids.shape[1] - 1) < lengths[:, None]
            given.append((noise["read"][:, 1:] != ids[:, 1:-1])[real].mean())
        return forward(features, ids, lengths, **noise)
    trainer.objective.forward = listening
    trainer.fit()
    third = len(given) // 3
    assert given[0] == 0 and np.mean(given[:third]) < np.mean(given[third:-third]) < np.mean(given[-third:]) + 0.2
    assert 0.05 < np.mean(given[-third:]) < 0.8


def test_interrupted_and_resumed_is_bit_for_bit(squares, store, tmp_path):
    make_trainer(tmp_path / "whole", squares, store).fit()
    outcome = None
    while outcome is None or outcome.reason == "interrupted":
        outcome = make_trainer(tmp_path / "parts", squares, store, interrupt_at_step(5)).fit()
    assert outcome.reason == "finished"
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.parametrize("fields", [{"model": "hard-attention"}, {"objective": "self-critical"}])
def test_what_does_not_go_together_is_refused(fields):
    with pytest.raises(UserError, match="own_words"):
        Recipe(own_words=0.2, **fields)
    with pytest.raises(UserError, match="own_words must be in"):
        Recipe(own_words=1.5)
