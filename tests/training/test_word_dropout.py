"""Word dropout: what is read, and only in training; a run resumes bit for bit; misfits are refused."""

import numpy as np
import pytest
from small_trainings import SMALL, assert_same_run, interrupt_at_step

from minisat.captioner import Recipe
from minisat.captioner.word_dropout import words_hidden
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.text import START, UNK
from minisat.training import assemble
from minisat.vision import View


def test_a_share_of_the_words_is_unknown_and_start_is_not(rng):
    read = rng.integers(4, 30, (400, 12))
    read[:, 0] = START
    read.setflags(write=False)
    hidden = words_hidden(read, 0.2, rng)
    changed = hidden != read
    assert (hidden[changed] == UNK).all() and not changed[:, 0].any()
    assert 0.18 < changed[:, 1:].mean() < 0.22
    assert (words_hidden(read, 0.0, rng) == read).all()


def make_trainer(folder, squares, store, report=None, **fields):
    recipe = Recipe(**SMALL | {"word_dropout": 0.3} | fields)
    options = {} if report is None else {"report": report}
    trainer, _ = assemble(read_dataset(squares), folder, recipe, View.of_store(store), **options)
    return trainer


@pytest.mark.parametrize("fields", [{}, {"own_words": 0.4}, {"model": "show-and-tell"}, {"cell": "gru"}])
def test_words_are_hidden_in_training_alone(squares, store, tmp_path, fields):
    """The twin and the reference are given the same; the dev loss is that of people's captions."""
    trainer, shares = make_trainer(tmp_path / "run", squares, store, **fields, epochs=2), []
    forward = trainer.objective.forward

    def listening(features, ids, lengths, **noise):
        assert ("read" in noise) == trainer.objective.training
        if "read" in noise:
            shares.append(((noise["read"] == UNK) & (ids[:, :-1] != UNK))[:, 1:].mean())
        return forward(features, ids, lengths, **noise)
    trainer.objective.forward = listening
    trainer.fit()
    assert 0.15 < np.mean(shares) < 0.45


def test_interrupted_and_resumed_is_bit_for_bit(squares, store, tmp_path):
    make_trainer(tmp_path / "whole", squares, store, tied_embedding=True).fit()
    outcome = None
    while outcome is None or outcome.reason == "interrupted":
        outcome = make_trainer(tmp_path / "parts", squares, store, interrupt_at_step(5), tied_embedding=True).fit()
    assert outcome.reason == "finished"
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.parametrize("fields", [{"model": "hard-attention"}, {"objective": "self-critical"}])
def test_what_does_not_go_together_is_refused(fields):
    with pytest.raises(UserError, match="word_dropout"):
        Recipe(word_dropout=0.2, **fields)
    with pytest.raises(UserError, match=r"word_dropout must be in \[0, 1\)"):
        Recipe(word_dropout=1.0)
