"""Colour for what matters, on a terminal; never in a pipe, on a dumb terminal, or where NO_COLOR is set."""

import os
import re
import sys


def has_colour(stream):
    """Whether what is written there may be coloured (see no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty() and (os.name != "nt" or "WT_SESSION" in os.environ)  # an old Windows console shows escapes


def red(text, stream=None):
    """What is wrong."""
    return _painted(text, 31, stream)


def green(text, stream=None):
    """What is right."""
    return _painted(text, 32, stream)


def bold(text, stream=None):
    """A heading."""
    return _painted(text, 1, stream)


def judged(text):
    """A report in which WRONG is red."""
    return re.sub(r"\bWRONG\b", lambda found: red(found[0]), text)


def _painted(text, code, stream):
    return f"\033[{code}m{text}\033[0m" if has_colour(stream or sys.stdout) else text
