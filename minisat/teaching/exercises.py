"""A learner's file checked: backward passes against numbers, plain functions against what they ought to return."""

import traceback
import types
from dataclasses import dataclass, field
from pathlib import Path

from minisat import gradcheck
from minisat.diagnosis import patterns
from minisat.teaching.asking import Pair, Work, Wrong


@dataclass
class Verdict:
    """What a check found: gradcheck's Reports, how many plain checks passed, and sentences about what is wrong; `case`
    is the one whose Report came last.
    """

    reports: list = field(default_factory=list)
    passed: int = 0
    problems: list = field(default_factory=list)
    case: tuple | None = None

    @property
    def ok(self):
        """Whether the exercise is solved."""
        return bool(self.reports or self.passed) and not self.problems and all(report.ok for report in self.reports)

    @property
    def failed(self):
        """The first Report that fails, or None."""
        return next((report for report in self.reports if not report.ok), None)

    def __str__(self):
        shown = self.failed or (self.reports[-1] if self.reports and not (self.problems or self.passed) else None)
        table = shown if shown and shown.exception is None else None  # an exception is told by its line alone
        return "\n".join([*([str(table)] if table else []), *self.problems])


def load(path, name):
    """The Python file `path` as a fresh module called `name`; its exceptions are raised."""
    module = types.ModuleType(name)
    module.__file__ = str(path)
    exec(compile(Path(path).read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    return module


def check_exercise(lesson, path):
    """The Verdict on the file `path` of a Lesson or a Stage."""
    examining = examined(lesson, path)
    while True:
        try:
            next(examining)
        except StopIteration as end:
            return end.value


def examined(lesson, path):
    """Yield a sentence for each thing that is right; return the Verdict on the file `path` of a Lesson or a Stage.

    `cases(work)` of its checks.py is a generator. It yields (name, module, inputs, noise), which gradcheck is to hold
    against numbers, or a sentence about what it has found right, and raises Wrong at the first thing that is not. It
    ends at the first case that fails.
    """
    verdict = Verdict()
    try:
        if refused := lesson.refused(path):
            return Verdict(problems=refused)
        exercise = load(path, "exercise")
        if unwritten := lesson.unwritten(exercise):
            return Verdict(problems=unwritten)
        for checks in lesson.checks:
            for case in load(checks, "checks").cases(Work(exercise, Path(path).name)):
                if isinstance(case, str):
                    verdict.passed += 1
                    if checks == lesson.checks[-1]:  # what went before it is only checked again
                        yield case
                elif not _held_against_numbers(verdict, case, path):
                    return verdict
    except Wrong as wrong:
        verdict.problems.append(str(wrong))
    except (Exception, SystemExit) as error:  # a learner's file may raise anything
        verdict.problems.append(_place(error, path))
    return verdict


def _held_against_numbers(verdict, case, path):
    """Whether the case's gradients are right; its Report, and what is wrong, go into the Verdict."""
    name, module, inputs, noise = case
    if type(module).forward.__module__ == "exercise":
        verdict.problems.append(f"{type(module).__name__}.forward is written anew in the exercise; leave "
                                "forward to minisat, so that the numbers come from the real one.")
        return False
    report = gradcheck.check(module, *inputs, noise=noise)
    report.name = name
    if isinstance(module, Pair):
        module.name_inputs(report)
    verdict.reports.append(report)
    verdict.case = case
    if isinstance(report.exception, Wrong):
        verdict.problems.append(str(report.exception))
    elif report.exception is not None:
        verdict.problems.append(_place(report.exception, path))
    elif not report.ok:
        verdict.problems += _told(patterns(report, module, (*inputs, *noise.values())))
    return report.ok


def _told(patterns):
    """A sentence for each pattern, with the names of the tensors that show it."""
    names = {}
    for name, pattern in patterns.items():
        names.setdefault(pattern, []).append(name)
    return [f"{' and '.join(names) if len(names) < 3 else ', '.join(names)}: {pattern[0].lower()}{pattern[1:]}"
            for pattern, names in names.items()]


def not_written(exercise, as_it_came):
    """A sentence for each method or function of the exercise as it came that is gone or not the learner's own.

    A class without a backward pass of its own inherits minisat's, which is right, and would pass.
    """
    problems = []
    for name, value in vars(as_it_came).items():
        if getattr(value, "__module__", None) != "as_it_came":
            continue
        written = getattr(exercise, name, None)
        if isinstance(value, types.FunctionType):
            own = {name: written}
        else:
            own = {f"{name}.{method}": getattr(written, method, None) for method, function in vars(value).items()
                   if isinstance(function, types.FunctionType)}
        for full, found in own.items():
            if getattr(found, "__module__", None) != "exercise":
                whose = "there is none" if found is None else "this one is minisat's own"
                problems.append(f"{full} is not written in the exercise: {whose}.")
    return problems


def _place(error, path):
    """Where in the learner's file an exception came from, in a sentence."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError):
        lines.append(error.lineno)
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    why = " (what a function is given is not its own: x = x + y makes a new array, x += y changes the old one)" \
        if "read-only" in str(error) else ""
    return f"{place}: {type(error).__name__}: {error}{why}"
