"""An exercise held against numbers: the package's forward pass, the learner's backward pass."""

import traceback
import types
from dataclasses import dataclass, field
from pathlib import Path

from minisat import gradcheck


@dataclass
class Verdict:
    """What a check found: gradcheck's Reports, and sentences about what else is wrong."""

    reports: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    @property
    def ok(self):
        """Whether the exercise is solved."""
        return bool(self.reports) and not self.problems and all(report.ok for report in self.reports)

    @property
    def failed(self):
        """The first Report that fails, or None."""
        return next((report for report in self.reports if not report.ok), None)

    def __str__(self):
        shown = self.failed or (self.reports[-1] if self.reports else None)
        return "\n".join([*([str(shown)] if shown else []), *self.problems])


def load(path, name):
    """The Python file `path` as a fresh module called `name`; its exceptions are raised."""
    module = types.ModuleType(name)
    module.__file__ = str(path)
    exec(compile(Path(path).read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    return module


def check_exercise(lesson, path):
    """The Verdict on the exercise file `path` of a Lesson.

    The lesson's checks.py has `cases(exercise)`, a generator of (name, module, inputs, noise): what gradcheck is
    to check, made from the classes of the exercise. Several cases are checked in order, until one fails.
    """
    verdict = Verdict()
    try:
        exercise = load(path, "exercise")
        verdict.problems += _not_written(exercise, load(lesson.folder / "exercise.py", "as_it_came"))
        if verdict.problems:
            return verdict
        for name, module, inputs, noise in load(lesson.folder / "checks.py", "checks").cases(exercise):
            if type(module).forward.__module__ == "exercise":
                verdict.problems.append(f"{type(module).__name__}.forward is written anew in the exercise; leave "
                                        "forward to minisat, so that the numbers come from the real one.")
                break
            report = gradcheck.check(module, *inputs, noise=noise)
            report.name = name
            verdict.reports.append(report)
            if report.exception is not None:
                verdict.problems.append(_place(report.exception, path))
            if not report.ok:
                break
    except (Exception, SystemExit) as error:  # a learner's file may raise anything
        verdict.problems.append(_place(error, path))
    return verdict


def _not_written(exercise, as_it_came):
    """A sentence for each method of the exercise as it came that is gone or somebody else's in the learner's module.

    A class without a backward pass of its own inherits minisat's, which is right, and would pass.
    """
    problems = []
    for name, cls in vars(as_it_came).items():
        if getattr(cls, "__module__", None) != "as_it_came" or not isinstance(cls, type):
            continue
        for method in (method for method, value in vars(cls).items() if isinstance(value, types.FunctionType)):
            written = getattr(getattr(exercise, name, None), method, None)
            if getattr(written, "__module__", None) != "exercise":
                whose = "there is none" if written is None else "this one is minisat's own"
                problems.append(f"{name}.{method} is not written in the exercise: {whose}.")
    return problems


def _place(error, path):
    """Where in the exercise an exception came from, in a sentence."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError):
        lines.append(error.lineno)
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    return f"{place}: {type(error).__name__}: {error}"
