"""The page of a trace: step through a training step forwards and backwards, in any browser, without a network.

The program that draws it stands in `stepper.html` and the folder `step_page` beside this file; the trace is put into it
as JSON.
"""

import copy

import numpy as np

from minisat.errors import UserError
from minisat.files import write_text
from minisat.nn.nested import is_float, mapped
from minisat.plots.markup import as_json, markup
from minisat.plots.page import page_text
from minisat.trace import describe, trace
from minisat.vision import CellGrid

HEIGHT = 860  # of the page in a notebook, in pixels


def stepper(document, path, title):
    """Write the page of a trace's document (see minisat/trace/document.py) to `path`: one file that needs no other."""
    write_text(path, _page(document, title))


def _page(document, title):
    captions = [caption | {"grid": _cells(caption["grid"])} for caption in document["captions"]]
    return page_text("stepper", title, trace=as_json(document | {"captions": captions}))


class StepPage:
    """A stepper's page, which a notebook shows: `save(path)`; `document`, the trace; `html`, the page's text."""

    def __init__(self, document, title):
        self.document, self.title, self.html = document, title, _page(document, title)

    def save(self, path):
        """Write the page to `path`, one file that needs no other; returns the path."""
        write_text(path, self.html)
        return path

    def _repr_html_(self):
        return markup('<iframe srcdoc="{}" title="{}" width="100%" height="{}" style="border:0"></iframe>', self.html,
                      self.title, HEIGHT)

    def __repr__(self):
        return f"<StepPage of {len(self.document['frames'])} calls: .save(\"step.html\") writes it>"


def step_page(module, *inputs, upstream=None, rng=0, checks=True, title=None, words=None, **noise):
    """The stepper's page of one forward and backward pass of any Module, layer by layer: a StepPage.

        page = minisat.step_page(nn.Sequential(nn.Linear(3, 2), nn.Tanh()), x)   # a notebook shows it
        page.save("net.html")

    `inputs` and `noise` are what forward takes, by place and by name; where it takes an `rng`, a Generator from the
    seed `rng` unless one is given. `upstream` is the gradient of the outputs, nested as they are: 1 for a single
    number, else drawn, unless given. With `checks` every backward call is held against numbers, and where one is wrong
    the page says what its numbers have in common with the right ones. `words` are what ids and the entries of logits
    stand for, where they stand for words. A copy runs: the module's gradients stay as they were. What backward raises
    is told on the page, which shows what had been done until then. UserError for what is no Module with a forward and
    a backward pass.
    """
    if not callable(getattr(module, "forward", None)) or not callable(getattr(module, "backward", None)):
        raise UserError(f"A {type(module).__name__} has no forward and backward pass to step through: give a Module.")
    module = copy.deepcopy(module.reference() if hasattr(module, "reference") else module)
    generator, about = np.random.default_rng(rng), {}
    if getattr(module, "takes_rng", False):
        noise = {"rng": generator} | noise
    with np.errstate(all="ignore"), trace(module) as recording:
        outputs, cache = module.forward(*inputs, **noise)
        try:
            module.backward(_drawn(outputs, generator.spawn(1)[0]) if upstream is None else upstream, cache)
        except Exception as error:  # somebody's backward pass may raise anything
            about["raised"] = f"{type(error).__name__}: {error}"
    document, _ = describe(recording, about, checks=("local", "global") if checks and not about else ())
    if words:
        document |= {"words": list(words), "sizes": {"V": len(words)}}
    return StepPage(document, title or f"One step of {type(module).__name__}")


def _drawn(outputs, rng):
    """A gradient of the outputs: 1 of a single number, normal ones of arrays, none of what has none."""
    def drawn(y):
        if not is_float(y):
            return 1.0 if isinstance(y, float) else None
        return rng.standard_normal(y.shape).astype(y.dtype) if y.ndim else np.ones((), y.dtype)
    return mapped(drawn, outputs)


def _cells(grid):
    """Where the cells lie; earlier traces say rows and columns only, and are drawn evenly."""
    return CellGrid.even(*grid) if grid and isinstance(grid[0], int) and all(grid) else grid
