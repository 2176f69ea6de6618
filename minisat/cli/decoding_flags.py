"""How to decode, on the command line."""

from minisat.cli.setting_flags import add_setting_flags, flag_of, given_settings
from minisat.trained import Decoding


class AskedFor(Decoding):
    """A Decoding whose complaints name flags."""

    called = staticmethod(flag_of)


def add_decoding_flags(parser):
    """The flags of `Decoding`."""
    add_setting_flags(parser.add_argument_group("decoding"), Decoding)


def chosen_decoding(arguments, **defaults):
    """The Decoding that the flags ask for; `defaults` where they say nothing."""
    return AskedFor(**defaults | given_settings(arguments, Decoding))
