"""A lesson run cell by cell, as one program would run it."""

import contextlib
import io
from typing import NamedTuple

from minisat.teaching.cells import read_cells
from minisat.teaching.showing import Stage, staged


class Shown(NamedTuple):
    """A cell and what came of it; prose gives nothing."""

    cell: tuple
    output: str      # what it printed
    drawings: tuple  # the figures it showed


def run_cells(path, short=False, folder=None):
    """Yield a Shown for each cell of the lesson at `path`, as soon as it has run.

    `short` takes the short form of long loops; figures are also written to `folder` where one is given. An
    exception of the lesson keeps its place: tracebacks name the lesson's file and line.
    """
    names, stage = {"__name__": "__main__", "__file__": str(path)}, Stage(folder, short)
    for cell in read_cells(path):
        stage.drawings, printed = [], io.StringIO()
        if not cell.prose:
            code = compile("\n" * (cell.line - 1) + cell.text, str(path), "exec")
            with staged(stage), contextlib.redirect_stdout(printed):
                exec(code, names)
        yield Shown(cell, printed.getvalue(), tuple(stage.drawings))
