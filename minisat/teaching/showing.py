"""What a lesson shows: its figures, drawn in one style and always to the same bytes, and how long it trains."""

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from minisat.files import write_text
from minisat.plots.svg import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, PURPLE, RED, png, svg

ACCENT = GREEN
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, RED, MUTED)
CARD = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.6}
"""`bbox` of text that lies on a picture."""
WORK = "my_lessons"
"""The folder, in the working folder, for a learner's exercises, figures and progress."""

_STYLE = {"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK}


@dataclass(frozen=True)
class Drawing:
    """A figure as text."""

    name: str  # the file's, without .svg
    alt: str   # what is to be seen, in words
    svg: str
    png: bytes = b""

    def _repr_png_(self):
        """How a notebook shows it: of the two forms the smaller, which is also shown before the notebook is trusted."""
        return self.png

    def __repr__(self):
        return self.alt


@dataclass
class Stage:
    """Where a lesson is shown: `drawings` are kept, or written to `folder` where there is one."""

    folder: Path | None = None
    short: bool = False
    drawings: list = field(default_factory=list)


_stage = ContextVar("stage", default=None)


@contextmanager
def staged(stage):
    """While this lasts, lessons show what they show on `stage`; without any, in the folder my_lessons."""
    token = _stage.set(stage)
    try:
        yield stage
    finally:
        _stage.reset(token)


def rounds(full, short):
    """`full`, or `short` where a lesson is only tried: how many steps to train, samples to draw, …"""
    stage = _stage.get()
    return short if stage is not None and stage.short else full


def panels(rows=1, columns=1, size=(7.5, 3.0), **layout):
    """(figure, axes): a Matplotlib figure in the style of the lessons; axes as `Figure.subplots` gives them."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(rows, columns, **layout)
    for axis in figure.axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(MUTED)
        axis.tick_params(colors=MUTED, labelsize=8)
        axis.xaxis.label.set_color(MUTED)
        axis.yaxis.label.set_color(MUTED)
        axis.title.set_color(INK)
        axis.title.set_size(10)
    return figure, axes


def show(figure, name, alt):
    """Show `figure` as `name`.svg; `alt` says in words what it shows. Returns what a notebook displays.

    In a notebook no file is written.
    """
    with matplotlib.rc_context(_STYLE):
        drawing = Drawing(name, alt, svg(figure), png(figure))
    stage = _stage.get()
    if stage is not None:
        stage.drawings.append(drawing)
    folder = stage.folder if stage is not None else None if "ipykernel" in sys.modules else Path(WORK)
    if folder is not None:
        path = folder / f"{name}.svg"
        write_text(path, drawing.svg)
        print(f"figure: {path}")
    return drawing
