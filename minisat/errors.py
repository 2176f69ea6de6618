"""What is said to the user: a mistake that can be mended, and a note beside work that goes on."""

import warnings


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
