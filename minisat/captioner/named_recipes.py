"""Recipes by name: small JSON files in `recipes/`, each with its source."""

from pathlib import Path

from minisat.captioner.earlier_recipes import as_today
from minisat.errors import UserError, did_you_mean
from minisat.files import read_json

FOLDER = Path(__file__).parent / "recipes"
RECIPES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def read_recipe(name_or_file):
    """{field: value} of the recipe of that name, or in that JSON file.

    UserError when there is neither, or the file holds no JSON object.
    """
    return as_today({name: value for name, value in _entries(name_or_file).items() if name != "source"})


def source_of(name_or_file):
    """Where a recipe comes from, as its file says; None where it does not."""
    return _entries(name_or_file).get("source")


def _entries(name_or_file):
    if name_or_file not in RECIPES and not Path(name_or_file).exists():
        raise UserError(f"{name_or_file} is neither a recipe ({', '.join(RECIPES)}) nor a file."
                        f"{did_you_mean(name_or_file, RECIPES)}")
    fields = read_json(FOLDER / f"{name_or_file}.json" if name_or_file in RECIPES else name_or_file)
    if not isinstance(fields, dict):
        raise UserError(f"{name_or_file} is no recipe: it must be a JSON object of recipe fields.")
    return fields
