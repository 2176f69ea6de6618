"""`train --recipe NAME` for every named recipe, and the ways in which a run with hard attention looks."""

import json

import pytest
from small_trainings import fails, train

from minisat.captioner import RECIPES
from minisat.cli.main import main
from minisat.training import Run

SMALL = ["--embedding-size", "8", "--hidden-size", "12", "--attention-size", "6", "--heads", "3", "--min-count", "1",
         "--batch-size", "16", "--epochs", "1", "--beam", "2", "--warmup-steps", "2", "--device", "cpu"]


AFTERWARDS = ("self-critical",)  # goes on from a captioner that has been trained
FIRST = [name for name in RECIPES if name not in AFTERWARDS]


@pytest.fixture(scope="module")
def runs(squares, store, tmp_path_factory):
    """{recipe: folder of a run of one epoch}."""
    folder = tmp_path_factory.mktemp("named")
    for name in FIRST:
        assert train(squares, "--features", store, "--run", folder / name, "--recipe", name, *SMALL) == 0
    for name in AFTERWARDS:
        assert train(squares, "--features", store, "--run", folder / name, "--recipe", name, "--epochs", 1, "--device",
                     "cpu", "--start", folder / "soft-attention") == 0
    return {name: folder / name for name in RECIPES}


@pytest.mark.parametrize("name", RECIPES)
def test_a_named_recipe_trains_and_captions(runs, squares, capsys, name):
    """The run remembers the recipe's fields, with the flags on top, and evaluates."""
    recipe = Run.open(runs[name]).config.recipe.to_dict()
    soft = (*AFTERWARDS, "demo", "adaptive-attention", "flickr8k")
    model = "soft-attention" if name in soft else name.replace("-arctic", "")
    assert recipe["embedding_size"] == 8 and recipe["model"] == model
    assert recipe["hard_reward"] == ("mean" if name.endswith("arctic") else "sum")
    assert main(["evaluate", str(runs[name]), str(squares), "--split", "dev", "--beam", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 6


def test_hard_attention_looks_as_told(runs, squares, capsys):
    """Each way works; argmax and sampling give their own captions' scores again, the same every time."""
    for look in ("expectation", "argmax", "sampling"):
        told = []
        for _ in range(2):
            assert main(["evaluate", str(runs["hard-attention"]), str(squares), "--look", look, "--json"]) == 0
            told.append(json.loads(capsys.readouterr().out)["corpus"])
        assert told[0] == told[1]
    assert main(["evaluate", str(runs["soft-attention"]), str(squares), "--look", "argmax"]) == 2
    assert "has no hard attention" in capsys.readouterr().err


def test_help_lists_the_recipes_and_a_wrong_name_is_one_sentence(squares, store, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = "".join(capsys.readouterr().out.split())  # a name may be broken at its hyphen
    assert all(name in text for name in RECIPES)
    assert "neither a recipe" in fails(capsys, squares, "--features", store, "--run", tmp_path, "--recipe", "harder")
