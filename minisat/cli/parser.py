"""The parser of a verb and of its actions; a mistake is one sentence, with the name that was probably meant."""

import argparse
import importlib
import textwrap
from collections.abc import Callable
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from minisat.cli.answer import deliver
from minisat.errors import UserError, did_you_mean


class Action(NamedTuple):
    """What a verb can do (`minisat trace record`), in its module's table ACTIONS = {name: Action}."""

    do: Callable             # arguments → Answer, or a generator (see answer.py)
    add_arguments: Callable  # parser → None
    text: str                # what it does, in words
    example: str
    json: str = "print the result as JSON"  # what --json does; empty where there is none
    about: str = ""                         # describes it where the line in the list, `text`, is too short


def build_parser(verb):
    """The parser of `minisat VERB`. Among its arguments is `run`, which takes them all and returns the exit code."""
    module = importlib.import_module(f"minisat.cli.{verb}")
    parser = _Parser(prog=f"minisat {verb}", **_described(module.HELP, module.EXAMPLE))
    parser.alone = getattr(module, "ALONE", [])
    if not hasattr(module, "ACTIONS"):
        _complete(parser, module.add_arguments, module.run, getattr(module, "JSON", ""))
        return parser
    into = parser.add_subparsers(dest="action", required=True, metavar="|".join(module.ACTIONS))
    for name, action in module.ACTIONS.items():
        about = action.about or action.text[0].upper() + action.text[1:] + "."
        _complete(into.add_parser(name, help=action.text, **_described(about, action.example)),
                  action.add_arguments, action.do, action.json)
    return parser


def _described(about, example):
    """What a parser says of itself."""
    about = "\n\n".join(textwrap.fill(paragraph, 100) for paragraph in about.split("\n\n"))
    return {"description": about, "epilog": f"example:\n  {example}",
            "formatter_class": argparse.RawDescriptionHelpFormatter}


def _complete(parser, add_arguments, run, json):
    """Give `parser` its flags, --json where it is `json` that it does, and what it runs."""
    add_arguments(parser)
    if json:
        parser.add_argument("--json", action="store_true", help=json)
    parser.set_defaults(run=partial(deliver, run))


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, like all others."""

    alone = ()  # the words that stand for none at all

    def parse_args(self, args=None, namespace=None):
        """The arguments."""
        return super().parse_args(args or self.alone, namespace)

    def parse_known_args(self, args=None, namespace=None):
        """The arguments. A flag that there is not is said first, before another one is missed in its place."""
        for word in () if self._subparsers else takewhile(lambda word: word != "--", args):
            flag, flags = word.partition("=")[0], self._option_string_actions
            if flag.startswith("--") and " " not in flag and not any(known.startswith(flag) for known in flags):
                self.error(f"there is no flag {flag}", did_you_mean(flag, flags))
        return super().parse_known_args(args, namespace)

    def _check_value(self, action, value):
        """A name that is none of the choices, which argparse calls invalid, has one that is near."""
        if action.choices is not None and value not in action.choices:
            self.error(f"argument {argparse._get_action_name(action)}: there is no {value!r} (choose from "
                       f"{', '.join(map(str, action.choices))})", did_you_mean(value, action.choices))

    def error(self, message, meant=""):
        """One sentence, and what was probably meant."""
        raise UserError(f"{message}; `{self.prog} --help` says more.{meant}")
