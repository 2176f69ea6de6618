"""Settings declared once: a field's default, meaning and range stand together; checks, JSON and flags follow."""

from dataclasses import dataclass, field, fields

from minisat.errors import UserError, did_you_mean
from minisat.rules import Rule


def setting(default, help, *, choices=None, least=None, most=None, above=None, below=None, flags=None, metavar=None):
    """A dataclass field of a Configuration: its default, what it means, and what it may be, as a Rule says it.

    `flags`: how it is called on the command line, where not by its own name with dashes.
    """
    choices = None if choices is None else tuple(choices)
    rule = Rule(type(default), choices, least=least, most=most, above=above, below=below)
    return field(default=default, metadata={"help": help, "rule": rule, "flags": flags, "metavar": metavar})


@dataclass(frozen=True)
class Configuration:
    """The base of frozen dataclasses whose fields are settings. UserError for a value that a field cannot have."""

    @staticmethod
    def called(name):
        """How a sentence begins that is about the field `name`."""
        return name

    @classmethod
    def settings(cls):
        """The dataclass fields that are settings, in their order."""
        return [entry for entry in fields(cls) if "rule" in entry.metadata]

    def __post_init__(self):
        for entry in self.settings():
            value, rule = getattr(self, entry.name), entry.metadata["rule"]
            if said := rule.problem(value):
                raise UserError(f"{self.called(entry.name)} {said}.")
            object.__setattr__(self, entry.name, rule.kind(value))  # JSON writes 5.0 as 5

    def to_dict(self):
        """{field: value}, ready for JSON."""
        return {entry.name: getattr(self, entry.name) for entry in self.settings()}

    @classmethod
    def from_dict(cls, values):
        """A Configuration from {field: value}; absent fields take their defaults. UserError for unknown ones."""
        known = [entry.name for entry in cls.settings()]
        if unknown := sorted(set(values) - set(known)):
            what = cls.__name__.lower()
            raise UserError(f"A {what} has no {', '.join(unknown)}; it has {', '.join(sorted(known))}."
                            f"{did_you_mean(unknown[0], known)}")
        return cls(**values)
