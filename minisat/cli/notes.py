"""Notes of the library, said on stderr once each while the work goes on."""

import sys
import warnings
from contextlib import contextmanager

from minisat.errors import Note


@contextmanager
def notes_on_stderr(verb):
    """Inside `with`, every Note is a line on stderr, and none comes twice."""
    with warnings.catch_warnings():
        others, said = warnings.showwarning, set()

        def show(message, category, *place, **more):
            if not issubclass(category, Note):
                others(message, category, *place, **more)
            elif str(message) not in said:
                said.add(str(message))
                print(f"minisat {verb}: {message}", file=sys.stderr, flush=True)
        warnings.simplefilter("always", Note)
        warnings.showwarning = show
        yield
