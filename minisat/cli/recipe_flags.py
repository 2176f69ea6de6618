"""The recipe on the command line: a flag for each field, a name or a file, and who wins: default < recipe < flag."""

from minisat.captioner import RECIPES, Recipe, read_recipe
from minisat.cli.setting_flags import add_setting_flags, given_settings

SHOWN = ("model", "epochs", "batch_size", "learning_rate", "dropout", "penalty", "seed")  # by `train --help`


def add_recipe_flags(parser):
    """--recipe and one flag per field of Recipe. A flag that is not given leaves no trace in the arguments."""
    group = parser.add_argument_group(
        "recipe", f"The first of {len(Recipe.settings())} choices. Each field that `minisat recipe` lists is a flag: "
        "hidden_size is --hidden-size.")
    group.add_argument("--recipe", metavar="NAME_OR_FILE", dest="recipe_name",
                       help=f"{', '.join(RECIPES)}; or a JSON file with some fields")
    add_setting_flags(group, Recipe, SHOWN)


def given_fields(arguments):
    """{field: value} of the recipe fields that the named recipe or a flag sets. UserError for what is no recipe."""
    given = read_recipe(arguments.recipe_name) if arguments.recipe_name else {}
    return given | given_settings(arguments, Recipe)
