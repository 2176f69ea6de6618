"""How the program ends, as a shell hears it."""

DONE, WRONG, MISTAKE = 0, 1, 2  # all is well; what was looked at is wrong; the user can mend it
INTERRUPTED = 130               # the shells' own for a Ctrl-C
