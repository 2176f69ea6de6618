"""In a notebook: an exercise checked and hinted at where it is written.

A notebook in a learner's folder, where `minisat lesson notebook` puts it, works on the files and the progress of that
folder. Anywhere else, in a clone for instance, nothing is written, and progress lasts as long as the notebook runs.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from minisat.teaching.desk import Desk
from minisat.teaching.exercises import examined
from minisat.teaching.notebook import AS_A_FILE
from minisat.teaching.shelf import everything, find_lesson, hints, unnumbered
from minisat.teaching.showing import WORK

_ASKING = re.compile(r"^(?:check|hint)\(.*\)\s*$", re.MULTILINE)
_passing = []


def check(name, In):
    """Print what is right and what is not about the exercise in the cell that calls this.

    `name` names it, as in `minisat lesson check`; `In` is Jupyter's list of the cells that have run, this one last.
    """
    lesson, desk, written = _exercise(name), _desk(), [_ASKING.sub("", cell).strip() for cell in In]
    if not written[-1]:
        print(f"There is nothing in this cell to check: put check({name!r}, In) below the exercise, in its cell.")
        return
    rest = AS_A_FILE + lesson.original.read_text(encoding="utf-8").partition(AS_A_FILE)[2]
    texts = [f"{text}\n{rest if rest != AS_A_FILE else ''}" for text in written]
    path = desk.hand_in(lesson, texts[-1], texts)
    print(f"{lesson.called}, {lesson.title}\n")
    verdict = _told(examined(lesson, path))
    if told := str(verdict):
        print(told.replace(str(path), "this cell"))
    if verdict.ok:
        desk.solve(lesson)
    print("\nSolved." if verdict.ok else f"\nNot yet. For a hint, run: hint({name!r})")


def hint(name):
    """Print the hints shown before, and one more; after the last one, where the solution is."""
    lesson, desk = _exercise(name), _desk()
    all_hints = hints(lesson)
    shown = desk.next_hint(lesson, len(all_hints))
    for i, each in enumerate(all_hints[:shown], start=1):
        print(f"Hint {i} of {len(all_hints)}\n{each}\n")
    print(f"That was the last one. The solution: {lesson.folder / 'solution.py'}" if shown == len(all_hints) else
          "Run this once more for the next one.")


def _exercise(name):
    """What `name` means here. A number means what it meant when the folder around this notebook got the same one."""
    lessons, folder = everything(), Path.cwd().name
    number, letter = re.fullmatch(r"(\d*)(.*)", str(name)).groups()
    if number and folder.startswith(f"{number:0>2}_") and unnumbered(folder) in [each.kept_as for each in lessons]:
        name = f"{find_lesson(folder, lessons).number}{letter}"
    return find_lesson(name, lessons)


def _told(examining):
    """Print each sentence of a generator as it comes; what it returns."""
    while True:
        try:
            print(next(examining))
        except StopIteration as end:
            return end.value


def _desk():
    """The Desk of the learner's folder around or beside this notebook; else one that is gone when the notebook ends."""
    for folder in (Path.cwd() / WORK, Path.cwd().parent):
        if folder.is_dir() and (folder.name == WORK or (folder / "progress.json").is_file()):
            return Desk(folder)
    if not _passing:
        _passing.append(TemporaryDirectory(prefix="minisat-lessons-"))
    return Desk(_passing[0].name)
