"""A lesson's own small net as a step page, every number written; and a learner's backward pass beside the numbers."""

import types

import numpy as np

from minisat.errors import UserError
from minisat.nn import Module
from minisat.nn.nested import is_float, mapped
from minisat.plots.stepper import step_page
from minisat.teaching.asking import Work
from minisat.teaching.exercises import load
from minisat.teaching.shelf import Lesson

DLOSS = 0.5  # the gradient of a loss: one of 1 does not show whether backward uses it


def has_net(lesson):
    """Whether a Lesson derives a backward pass of a layer, so that it has a step page."""
    return isinstance(lesson, Lesson) and bool(_derived(lesson))


def lesson_page(lesson, book=None):
    """The StepPage of a Lesson's net, which begins with the backward pass that the lesson derives. UserError where the
    lesson has none. In a book, {name of a lesson: file of its page}, each layer links to the lesson that derives it.

    It is what `page()` of its step.py makes; without that, the last net on which its exercise is checked in which such
    a layer is called, with minisat's own layers.
    """
    classes = _derived(lesson) if isinstance(lesson, Lesson) else []
    if classes and lesson.net.is_file():
        return opened(load(lesson.net, "step").page(), classes, book)
    for case in reversed(_nets(lesson) if classes else []):
        page = opened(case_page(case, f"{lesson.title}: {case[0]}"), classes, book)
        about, begins = page.document["about"], page.document["frames"][page.document["opens"]]
        if begins["class"] in classes and "raised" not in about:
            return page
    raise UserError(f"{lesson.called}, {lesson.title}, derives no layer of minisat's, so it has no page of its own; "
                    "where you write a backward pass in it, "
                    f"minisat lesson check {lesson.number} --step steps through yours.")


def case_page(case, title):
    """The StepPage of a case of a checks.py: (name, module, inputs, noise)."""
    _, module, inputs, noise = case
    module = module.astype("float64")
    with np.errstate(all="ignore"):
        outputs, _ = module.forward(*inputs, **_drawing(module), **noise)
    rng = np.random.default_rng(0)
    upstream = mapped(lambda y: _upstream(y, rng), outputs)
    return step_page(module, *inputs, upstream=upstream, title=title, **noise)


def opened(page, classes, book=None):
    """The page, which begins with the first red call that no other explains; else with a backward pass of `classes`,
    names of layers. `book` as in `lesson_page`.
    """
    frames = [frame for frame in page.document["frames"] if frame["phase"] == "backward"]
    first = next((f for f in frames if f.get("numbers")), None) \
        or next((f for f in frames if f["ended"] is None and not _ended(f, frames)), None) \
        or next((f for f in frames if f.get("local", {}).get("ok") is False), None) \
        or next((f for f in frames if {f["class"], f.get("kind")} & set(classes)), None)
    if book:
        page.document["book"] = {name: book[name] for name in page.document["lessons"].values() if name in book}
    page.document["opens"] = first["index"] if first else 0
    return type(page)(page.document, page.title)


def _ended(frame, frames):
    """Whether a call inside ended with the exception, too."""
    return any(f["parent"] == frame["index"] and f["ended"] is None for f in frames)


def _derived(lesson):
    """The names of minisat's layers whose backward pass a Lesson's exercise asks for."""
    asked = [value for value in vars(load(lesson.original, "as_it_came")).values()
             if isinstance(value, type) and value.__module__ == "as_it_came" and issubclass(value, Module)]
    return [value.__mro__[1].__name__ for value in asked]


def _nets(lesson):
    """The cases on which a Lesson's exercise is checked, with minisat's own layers in the place of the exercise's."""
    solved = vars(load(lesson.folder / "solution.py", "solution"))
    own = {name: value.__mro__[1] if isinstance(value, type) and value.__module__ == "solution" else value
           for name, value in solved.items()}
    work = Work(types.SimpleNamespace(**own), "solution.py")
    found = [case for checks in lesson.checks for case in load(checks, "checks").cases(work)]
    return [case for case in found if not isinstance(case, str)]


def _drawing(module):
    return {"rng": np.random.default_rng(0)} if getattr(module, "takes_rng", False) else {}


def _upstream(y, rng):
    if not is_float(y) and not isinstance(y, float):
        return None
    return rng.standard_normal(np.shape(y)) if np.ndim(y) else DLOSS
