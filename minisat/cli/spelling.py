"""What a terminal cannot show, spelt with what it can: a dash for a dash, an escape for the rest."""

import codecs
import sys

_PLAIN = {"–": "-", "—": "-", "·": "-", "×": "x", "…": "...", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "~",
          "−": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "°": " degrees", "²": "^2", "✓": "+"}


def set_spelling(exact=False):
    """stdout and stderr write every text from now on, whatever their encoding; `exact` escapes alone, as JSON needs."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="minisat-exact" if exact else "minisat-plain")


def _exact(error):
    """Escapes as in JSON, \\u00e9: also for half a character, which no encoding has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start:error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[k:k + 2].hex()}" for k in range(0, len(units), 2)), error.end


def _plain(error):
    """Signs that have a plain spelling take it, others are escaped."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    if (spelling := _PLAIN.get(error.object[error.start])) is not None:
        return spelling, error.start + 1
    error.end = error.start + 1
    return _exact(error)


codecs.register_error("minisat-exact", _exact)
codecs.register_error("minisat-plain", _plain)
