"""Verbs with actions (`minisat trace record`): one sub-parser for each, all in one style."""

import argparse
import textwrap
from collections.abc import Callable
from typing import NamedTuple


class Action(NamedTuple):
    """What a verb can do."""

    do: Callable             # arguments → the exit code
    add_arguments: Callable  # parser → None
    text: str                # what it does, in words
    example: str


def add_actions(parser, actions):
    """Give `parser` a sub-parser for each Action of {name: Action}; its name goes to `action`."""
    into = parser.add_subparsers(dest="action", required=True, metavar="|".join(actions))
    for name, action in actions.items():
        action.add_arguments(add_action(into, name, action.text, action.example))


def add_action(into, name, text, example, about=None):
    """A new parser in the sub-parsers `into`. `about` describes it where the line in the list, `text`, is too short."""
    about = about or text[0].upper() + text[1:] + "."
    return into.add_parser(name, help=text, description=textwrap.fill(about, 100), epilog=f"example:\n  {example}",
                           formatter_class=argparse.RawDescriptionHelpFormatter)
