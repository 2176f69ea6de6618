"""The page of a trace: step through a training step forwards and backwards, in any browser, without a network.

The program that draws it stands in `stepper.html` beside this file; the trace is put into it as JSON.
"""

from minisat.plots.markup import as_json
from minisat.plots.page import write_page
from minisat.vision import CellGrid


def stepper(document, path, title):
    """Write the page of a trace's document (see minisat/trace/document.py) to `path`: one file that needs no other."""
    captions = [caption | {"grid": _cells(caption["grid"])} for caption in document["captions"]]
    write_page(path, "stepper", title, trace=as_json(document | {"captions": captions}))


def _cells(grid):
    """Where the cells lie; earlier traces say rows and columns only, and are drawn evenly."""
    return CellGrid.even(*grid) if grid and isinstance(grid[0], int) and all(grid) else grid
