"""The recipe on the command line: a flag for each field, a name or a file, and who wins: default < recipe < flag."""

from argparse import SUPPRESS, BooleanOptionalAction
from dataclasses import fields

from minisat.captioner import RECIPES, Recipe, read_recipe
from minisat.errors import UserError


def add_recipe_flags(parser):
    """--recipe and one flag per field of Recipe. A flag that is not given leaves no trace in the arguments."""
    group = parser.add_argument_group("recipe")
    group.add_argument("--recipe", metavar="NAME_OR_FILE", dest="recipe_name",
                       help=f"{', '.join(RECIPES)}; or a JSON file with some of the fields below")
    for entry in fields(Recipe):
        how = {"action": BooleanOptionalAction} if entry.type is bool else {
            "type": entry.type, "choices": entry.metadata["choices"],
            "metavar": None if entry.metadata["choices"] else entry.type.__name__.upper()}
        group.add_argument("--" + entry.name.replace("_", "-"), default=SUPPRESS, **how,
                           help=f"{entry.metadata['help']} ({entry.default})")


def given_fields(arguments):
    """{field: value} of the recipe fields that the named recipe or a flag sets. UserError for what is no recipe."""
    given = read_recipe(arguments.recipe_name) if arguments.recipe_name else {}
    flags = {entry.name: getattr(arguments, entry.name) for entry in fields(Recipe) if hasattr(arguments, entry.name)}
    return given | flags


def chosen_recipe(arguments, kept=None, begun=None):
    """The Recipe of the command line, over that of a run to begin with (`begun`) where there is one.

    Or `kept`, that of a run to resume, unless something given contradicts it.
    """
    given = given_fields(arguments)
    recipe = Recipe.from_dict((begun.to_dict() if begun else {}) | given)
    if recipe.seed < 0:
        raise UserError(f"The recipe's seed must not be negative, as {recipe.seed} is.")
    for name in given if kept else ():
        if getattr(recipe, name) != getattr(kept, name):
            raise UserError(f"The run has {name} = {getattr(kept, name)}: resuming cannot change it to "
                            f"{getattr(recipe, name)}.")
    return kept or recipe
