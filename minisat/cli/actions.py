"""Verbs with actions (`minisat trace record`): one sub-parser for each, from a table."""

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
        action.add_arguments(into.add_parser(
            name, help=action.text, description=textwrap.fill(action.text[0].upper() + action.text[1:] + ".", 100),
            epilog=f"example:\n  {action.example}", formatter_class=argparse.RawDescriptionHelpFormatter))
