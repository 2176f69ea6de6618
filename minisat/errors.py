"""What is said to the user: a mistake that can be mended, and a note beside work that goes on."""

import warnings
from difflib import get_close_matches
from itertools import islice

_MOST = 50_000  # names that are looked through


class UserError(Exception):
    """Says in one clear sentence what is wrong and, where it helps, what to do.

    Raised for bad input: a missing file, a wrong name, a store of another encoder. The command line
    prints the sentence on stderr and exits with code 2; everything else keeps its traceback.
    """


class Note(UserWarning):
    """Something that the user should know, while the work goes on. The command line prints it once, on stderr."""


def note(sentence):
    """Say `sentence` as a Note."""
    warnings.warn(sentence, Note, stacklevel=2)


def did_you_mean(name, known):
    """" Did you mean dog?", to end a sentence with: at most three of the names `known`, spelt like `name`; or "".

    One that differs in upper and lower case alone is surely meant.
    """
    name, names = str(name).lower(), {}
    for each in islice(known, _MOST):
        names.setdefault(str(each).lower(), str(each))
    near = [names[name]] if name in names else [names[each] for each in get_close_matches(name, names, 3, 0.7)]
    return f" Did you mean {' or '.join(filter(None, [', '.join(near[:-1]), near[-1]]))}?" if near else ""
