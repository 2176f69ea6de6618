"""`minisat recipe`: the named recipes, and every field of one: what it means, what it may be, where it comes from."""

import textwrap

from minisat.captioner import RECIPES, Recipe, read_recipe, source_of
from minisat.cli.answer import Answer
from minisat.cli.colour import bold

HELP = ("List the named recipes and every field of a recipe: its value, what it may be, what it means. Each field is a "
        "flag of `minisat train` too: learning_rate is --learning-rate.")
EXAMPLE = "minisat recipe\n  minisat recipe hard-attention\n  minisat train DATA --recipe hard-attention --epochs 8"
JSON = "print its fields as JSON, ready for train --recipe FILE"
WIDTH = 100


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("recipe_name", metavar="NAME_OR_FILE", nargs="?",
                        help=f"{', '.join(RECIPES)}, or a JSON file (default: list them, and the defaults)")


def run(arguments):
    """Look it up."""
    given = read_recipe(arguments.recipe_name) if arguments.recipe_name else {}
    recipe = Recipe.from_dict(given)
    if arguments.recipe_name:
        lines = [f"{bold(arguments.recipe_name)}: {source_of(arguments.recipe_name) or 'a file without a source'}\n",
                 "* what it sets; all else is the default.\n"]
    else:
        lines = [*(wrapped(name, source_of(name)) for name in RECIPES), bold("\nThe fields and their defaults:\n")]
    for entry in Recipe.settings():
        rule, value = entry.metadata["rule"], getattr(recipe, entry.name)
        allowed = f"one of {', '.join(map(str, rule.choices))}" if rule.choices else rule.range()
        mark = "*" if entry.name in given else " "
        lines.append(wrapped(f"{mark} {entry.name} = {flag_value(value)}",
                             entry.metadata["help"] + (f"; {allowed}" if allowed else "")))
    return Answer(recipe.to_dict(), "\n".join(lines))


def flag_value(value):
    """A value as a flag takes it, yes or no where the flag is a switch."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else f"{value}"


def wrapped(name, text):
    """`name`, then `text` beside it, in lines of at most WIDTH characters."""
    indent = " " * 34
    lines = textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
    first = lines[0] if lines else ""
    if len(name) < 33:
        return "\n".join([name + first[len(name):], *lines[1:]])
    return "\n".join([name, *lines])
