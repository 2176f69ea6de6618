"""`minisat recipe`: every field is told with its value, range and meaning, and its JSON trains the same recipe."""

import json

import pytest

from minisat.captioner import RECIPES, Recipe, read_recipe
from minisat.cli.main import main


def told(capsys, *words):
    """What the verb prints, on one line."""
    assert main(["recipe", *words]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_all_fields_and_recipes_are_listed(capsys):
    """Name, value, what it may be; and each named recipe with its source."""
    text = told(capsys)
    assert all(f"{entry.name} = " in text for entry in Recipe.settings()) and all(name in text for name in RECIPES)
    assert "dropout = 0.5 share of the deep-output sum that is dropped; in [0, 1)" in text
    assert "Xu et al. 2015, section 4.1" in text


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_marks_what_it_sets(capsys, name):
    """A star where the recipe differs from leaving the field out, and nowhere else."""
    text = told(capsys, name)
    for entry in Recipe.settings():
        assert (f"* {entry.name} = " in text) == (entry.name in read_recipe(name))


def test_its_json_is_a_recipe(capsys, tmp_path):
    """What --json prints is read back as the same recipe."""
    assert main(["recipe", "hard-attention", "--json"]) == 0
    (tmp_path / "mine.json").write_text(capsys.readouterr().out)
    mine = Recipe.from_dict(read_recipe(str(tmp_path / "mine.json")))
    assert mine == Recipe.from_dict(read_recipe("hard-attention"))
    assert json.loads((tmp_path / "mine.json").read_text())["hard_weight"] == 0.1


def test_an_unknown_name_is_one_sentence(capsys):
    assert main(["recipe", "harder"]) == 2
    assert "harder is neither a recipe" in capsys.readouterr().err


def test_help_of_train_shows_what_a_newcomer_needs(capsys):
    """The dozen flags, and where the others are; a hidden flag works all the same (tests/cli/test_train.py)."""
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = capsys.readouterr().out
    assert "--epochs" in text and "--hidden-size INT" not in text and "minisat recipe" in text
