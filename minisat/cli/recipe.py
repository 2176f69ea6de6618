"""`minisat recipe`: the named recipes, and every field of one: what it means, what it may be, where it comes from."""

import json
import textwrap

from minisat.captioner import RECIPES, Recipe, read_recipe, source_of

HELP = ("List the named recipes and every field of a recipe: its value, what it may be, what it means. Each field is a "
        "flag of `minisat train` too: learning_rate is --learning-rate.")
EXAMPLE = "minisat recipe\n  minisat recipe hard-attention\n  minisat train DATA --recipe hard-attention --epochs 8"
WIDTH = 100


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("recipe_name", metavar="NAME_OR_FILE", nargs="?",
                        help=f"{', '.join(RECIPES)}, or a JSON file (default: list them, and the defaults)")
    parser.add_argument("--json", action="store_true", help="print its fields as JSON, ready for train --recipe FILE")


def run(arguments):
    """Print the recipe."""
    given = read_recipe(arguments.recipe_name) if arguments.recipe_name else {}
    recipe = Recipe.from_dict(given)
    if arguments.json:
        print(json.dumps(recipe.to_dict(), indent=1))
        return
    if arguments.recipe_name:
        print(f"{arguments.recipe_name}: {source_of(arguments.recipe_name) or 'a file without a source'}\n\n"
              "* what it sets; all else is the default.\n")
    else:
        print("\n".join(wrapped(name, source_of(name)) for name in RECIPES) + "\n\nThe fields and their defaults:\n")
    for entry in Recipe.settings():
        rule, value = entry.metadata["rule"], getattr(recipe, entry.name)
        allowed = f"one of {', '.join(map(str, rule.choices))}" if rule.choices else rule.range()
        mark = "*" if entry.name in given else " "
        print(wrapped(f"{mark} {entry.name} = {flag_value(value)}",
                      entry.metadata["help"] + (f"; {allowed}" if allowed else "")))


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
