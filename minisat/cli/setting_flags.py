"""Flags on the command line: one for each setting of a Configuration, and numbers that argparse checks as they come."""

from argparse import SUPPRESS, ArgumentTypeError, BooleanOptionalAction

from minisat.rules import Rule


def add_setting_flags(group, configuration, shown=None):
    """A flag for each setting of the class `configuration`. One that is not given leaves no trace in the arguments.

    `shown`: the names of those that --help lists; all unless given.
    """
    for entry in configuration.settings():
        rule, metadata = entry.metadata["rule"], entry.metadata
        how = {"action": BooleanOptionalAction}
        if rule.kind is not bool:
            metavar = None if rule.choices else metadata["metavar"] or rule.kind.__name__.upper()
            how = {"type": rule.kind, "choices": rule.choices, "metavar": metavar}
        group.add_argument(*(metadata["flags"] or [flag_of(entry.name)]), dest=entry.name, default=SUPPRESS, **how,
                           help=f"{metadata['help']} ({entry.default})".replace("%", "%%")
                           if shown is None or entry.name in shown else SUPPRESS)


def flag_of(name):
    """The flag of the field `name`."""
    return "--" + name.replace("_", "-")


def given_settings(arguments, configuration):
    """{field: value} of the settings that a flag sets."""
    return {entry.name: getattr(arguments, entry.name) for entry in configuration.settings()
            if hasattr(arguments, entry.name)}


def whole(least=None, most=None):
    """An argparse type: a whole number within these bounds."""
    return _checked(Rule(int, least=least, most=most))


def number(least=None, above=None, most=None):
    """An argparse type: a finite number within these bounds."""
    return _checked(Rule(float, least=least, above=above, most=most))


def _checked(rule):
    def parse(text):
        try:
            value = rule.kind(text)
        except ValueError:
            value = text
        if said := rule.problem(value):
            raise ArgumentTypeError(said)
        return value
    return parse


SEED = whole(least=0)
COUNT = whole(least=1)
