"""Recipes by name: each builds, says its source, and changes nothing that it does not name."""

import json

import pytest

from minisat.captioner import (
    RECIPES,
    GRUNotebook,
    Recipe,
    ShowAttendTell,
    ShowTell,
    TeacherForcing,
    Transformer,
    build_captioner,
    build_objective,
    read_recipe,
)
from minisat.captioner.fast.hard_attention import FastHardTeacherForcing
from minisat.captioner.named_recipes import FOLDER
from minisat.captioner.recipe import MODELS
from minisat.errors import UserError
from minisat.nn import Sparsemax

SMALL = {"embedding_size": 4, "hidden_size": 5, "attention_size": 3, "heads": 3}
KINDS = {"show-and-tell": ShowTell, "soft-attention": ShowAttendTell, "hard-attention": ShowAttendTell,
         "gru-notebook": GRUNotebook, "hard-attention-arctic": ShowAttendTell, "self-critical": ShowAttendTell,
         "demo": ShowAttendTell, "adaptive-attention": ShowAttendTell, "flickr8k": ShowAttendTell,
         "transformer": Transformer}


def test_there_are_the_ten():
    assert set(RECIPES) == set(KINDS)


@pytest.mark.parametrize("name", RECIPES)
def test_a_named_recipe_builds(name):
    """Model and objective (its reference) are of the kind; the file names its source."""
    assert json.loads((FOLDER / f"{name}.json").read_text())["source"]
    recipe = Recipe.from_dict({**read_recipe(name), **SMALL})
    captioner = build_captioner(recipe, 9, 6)
    assert isinstance(captioner, KINDS[name])
    reference = build_objective(recipe, captioner).reference()
    assert type(reference) is TeacherForcing and (reference.reinforce is not None) == name.startswith("hard")
    assert getattr(captioner, "hard", False) == name.startswith("hard")


def test_two_recipes_are_the_defaults():
    """Nothing named, or the model alone, is what the named recipes say."""
    assert Recipe.from_dict(read_recipe("soft-attention")) == Recipe()
    assert Recipe.from_dict(read_recipe("hard-attention")) == Recipe(model="hard-attention")


def test_what_is_not_said_stays_as_it_was():
    """Recipes that people wrote, and runs, mean by what they leave out what it meant then."""
    switched_off = dict.fromkeys(("image_every_step", "normalised_places", "repair_spelling", "sentinel",
                                  "tied_embedding", "word_in_query"), False)
    switched_off |= dict.fromkeys(("clip_value", "freeze_embedding", "label_smoothing", "max_vocabulary", "own_words",
                                   "seed", "weight_decay", "word_dropout"), 0)
    sizes = {"embedding_size": 512, "hidden_size": 512, "attention_size": 512, "batch_size": 64, "min_count": 5,
             "epochs": 5, "patience": 4, "beam": 3, "max_words": 40, "warmup_steps": 100, "drop_every": 3,
             "hard_samples": 1, "drawn_captions": 1, "blocks": 2, "heads": 4}
    numbers = {"dropout": 0.5, "penalty": 1.0, "penalty_share": 1.0, "attention_temperature": 1.0,
               "learning_rate": 1e-3, "clip_norm": 5.0,
               "encoder_learning_rate": 4e-4, "average_decay": 0.999, "drop_factor": 0.5, "hard_weight": 0.1,
               "hard_entropy": 0.002, "hard_decay": 0.9, "hard_expectation": 0.5}
    choices = {"model": "soft-attention", "score": "additive", "cell": "lstm",
               "attention_function": "softmax", "penalty_form": "doubly-stochastic", "penalty_reduction": "mean",
               "hard_reward": "sum", "hard_reduction": "mean", "hard_baseline": "per-word", "tokenizer": "simple",
               "hard_substitution": "image", "hard_decoding": "expectation", "own_words_schedule": "linear",
               "objective": "likelihood", "drawn_baseline": "greedy", "optimizer": "adam", "schedule": "cosine",
               "like_lengths": True, "encoder_batchnorm": "auto", "precision": "float32"}
    assert Recipe().to_dict() == switched_off | sizes | numbers | choices


def test_a_sentinel_and_hard_attention_do_not_go_together():
    with pytest.raises(UserError, match="sentinel goes with soft-attention"):
        Recipe(model="hard-attention", sentinel=True)


def test_sparsemax_is_for_soft_attention_alone():
    recipe = Recipe(attention_function="sparsemax", sentinel=True, **SMALL)
    assert isinstance(build_captioner(recipe, 9, 6).attend.softmax, Sparsemax)
    with pytest.raises(UserError, match="attention_function sparsemax goes with soft-attention"):
        Recipe(model="hard-attention", attention_function="sparsemax")


def test_a_file_is_a_recipe_too(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('{"source": "me", "dropout": 0.3}')
    assert read_recipe(str(path)) == {"dropout": 0.3}
    path.write_text("[1]")
    with pytest.raises(UserError, match="JSON object"):
        read_recipe(str(path))


def test_recipes_of_earlier_versions_are_understood(tmp_path):
    """`hard_temperature` multiplied, so it is read as its inverse; `penalty_target` changed nothing that is learnt."""
    path = tmp_path / "old.json"
    path.write_text('{"model": "hard-attention", "hard_temperature": 4, "penalty_target": 0.5}')
    assert read_recipe(str(path)) == {"model": "hard-attention", "attention_temperature": 0.25}
    old = Recipe.from_dict({"model": "hard-attention", "hard_temperature": 4.0, "penalty_target": 1.0})
    assert old == Recipe(model="hard-attention", attention_temperature=0.25)
    assert "hard_temperature" not in old.to_dict() and Recipe.from_dict(old.to_dict()) == old
    assert build_captioner(old, 9, 6).attend.softmax.temperature == 0.25
    for wrong in (0, -1.0, True, "1"):
        with pytest.raises(UserError, match="hard_temperature must be "):
            Recipe.from_dict({"hard_temperature": wrong})
    with pytest.raises(UserError, match="only the latter"):
        Recipe.from_dict({"hard_temperature": 1.0, "attention_temperature": 1.0})


def test_label_smoothing_reaches_every_objective_and_not_self_critical():
    for fields in ({}, {"cell": "gru"}, *({"model": model} for model in MODELS)):
        recipe = Recipe(label_smoothing=0.1, **fields, **SMALL)
        reference = build_objective(recipe, build_captioner(recipe, 9, 6)).reference()
        assert reference.cross_entropy.smoothing == 0.1
    with pytest.raises(UserError, match="label_smoothing.*not for self-critical"):
        Recipe(label_smoothing=0.1, objective="self-critical")
    Recipe.from_dict({"label_smoothing": 0.1, "word_dropout": 0.1} | read_recipe("self-critical"))  # with train --start


def test_an_unknown_name_lists_the_known():
    with pytest.raises(UserError, match="neither a recipe .*gru-notebook.* nor a file"):
        read_recipe("soft")


@pytest.mark.parametrize("score", ["additive", "dot", "general", "concat"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_any_score_goes_with_any_cell_soft_and_hard(score, cell):
    """Twin where there is one (additive and concat with the LSTM), else the reference."""
    for model in ("soft-attention", "hard-attention"):
        recipe = Recipe(model=model, score=score, cell=cell, **SMALL)
        objective = build_objective(recipe, build_captioner(recipe, 9, 6))
        fast = objective.reference() is not objective
        assert fast == (cell == "lstm" and score in ("additive", "concat"))
        assert isinstance(objective, FastHardTeacherForcing) == (fast and model == "hard-attention")


@pytest.mark.parametrize("values, said", [
    ({"hard_samples": 0}, "hard_samples"), ({"hard_expectation": 1.5}, "hard_expectation"), ({"cell": "x"}, "one of"),
    ({"attention_temperature": 0.0}, "above 0"), ({"hard_baseline": "greedy"}, "self-critical")])
def test_a_bad_choice_is_refused_in_one_sentence(values, said):
    with pytest.raises(UserError, match=said):
        Recipe.from_dict(values)
