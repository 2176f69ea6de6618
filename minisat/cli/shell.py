"""Commands as a shell takes them: what is printed for a user to copy works, blanks and all."""

import shlex


def command(*words):
    """`minisat` with these words, quoted where they need it."""
    return shlex.join(["minisat", *map(str, words)])
