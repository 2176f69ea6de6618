"""The one exception that stands for a mistake its user can mend."""


class UserError(Exception):
    """Says in one clear sentence what is wrong and, where it helps, what to do.

    Raised for bad input: a missing file, a wrong name, a store of another encoder. The command line
    prints the sentence on stderr and exits with code 2; everything else keeps its traceback.
    """
