"""Where the lessons are, and which there are."""

import re
from dataclasses import dataclass
from pathlib import Path

import minisat
from minisat.errors import UserError, did_you_mean
from minisat.teaching.capstone import NAME, Stage
from minisat.teaching.exercises import load, not_written

_NUMBERED = re.compile(r"(\d\d)_\w+")
_STAGE = re.compile(r"(\d)_\w+")


@dataclass(frozen=True)
class Lesson:
    """A folder lessons/NN_name."""

    number: int
    folder: Path
    title: str

    optional = False  # whether one goes on without it

    @property
    def name(self):
        """The folder's name, NN_name."""
        return self.folder.name

    @property
    def kept_as(self):
        """Its name without its number, under which a learner's progress is kept: lessons move, names stay."""
        return unnumbered(self.name)

    @property
    def called(self):
        """How it is spoken of."""
        return f"Lesson {self.number}"

    @property
    def more(self):
        """Its Transfers: 17b in the folder transfer, 17c in transfer_2, …"""
        return [Transfer(f"{self.number}{letter}", folder, _titled(folder)) for letter, folder in
                zip("bcdefg", sorted(self.folder.glob("transfer*")))]

    @property
    def source(self):
        """The lesson itself."""
        return self.folder / "lesson.py"

    @property
    def original(self):
        """The exercise as it comes."""
        return self.folder / "exercise.py"

    @property
    def work(self):
        """Where in a learner's folder the learner's copy of it lies."""
        return f"{self.name}/exercise.py"

    @property
    def checks(self):
        """The files whose `cases` the exercise is checked on."""
        return [self.folder / "checks.py"]

    @property
    def net(self):
        """The file that makes the lesson's step page, where it has one of its own."""
        return self.folder / "step.py"

    @property
    def solution(self):
        """The solution's text."""
        return (self.folder / "solution.py").read_text(encoding="utf-8").rstrip("\n")

    def refused(self, path):
        """Nothing: the file `path` may import what it likes."""
        return []

    def unwritten(self, exercise):
        """Sentences: what the module `exercise` has not written itself."""
        return not_written(exercise, load(self.original, "as_it_came"))


@dataclass(frozen=True)
class Transfer(Lesson):
    """A folder lessons/NN_name/transfer: a further exercise, about what the page does not say. `number` is NNb."""

    number: str

    optional = True
    more = ()

    @property
    def name(self):
        """The lesson's, and what this is."""
        return f"{self.folder.parent.name}_{self.folder.name}"

    @property
    def called(self):
        """How it is spoken of."""
        return f"Exercise {self.number}"

    @property
    def source(self):
        """There is no page: the exercise says what it is about."""
        return self.original

    @property
    def work(self):
        """Beside the learner's copy of the lesson's exercise."""
        return f"{self.folder.parent.name}/{self.folder.name}.py"


def lessons_folder(folder=None):
    """`folder`, or where they come with the package: inside it in a wheel, beside it in a checkout. UserError where
    there are none.
    """
    package = Path(minisat.__file__).resolve().parent
    inside, beside = package / "lessons", package.parent / "lessons"
    found = Path(folder) if folder else inside if inside.is_dir() else beside
    if not found.is_dir():
        raise UserError(f"There are no lessons in {found}: they come with minisat, installed from a wheel or, in a "
                        "checkout, with `pip install -e .`; or name their folder with --lessons.")
    return found


def everything(folder=None):
    """All that can be solved, in order: the Lessons with their Transfers, and after them the Stages of the capstone."""
    return with_transfers(all_lessons(folder)) + all_stages(folder)


def all_lessons(folder=None):
    """The Lessons of a folder (see `lessons_folder`), in reading order."""
    found = []
    for path in sorted(lessons_folder(folder).iterdir()):
        if (match := _NUMBERED.fullmatch(path.name)) and (path / "lesson.py").is_file():
            found.append(Lesson(int(match.group(1)), path, _heading(path / "lesson.py", r"^# # (?:\d+\. )?(.*)$")))
    return found


def with_transfers(lessons):
    """The Lessons, each with its Transfers after it."""
    return [each for lesson in lessons for each in (lesson, *lesson.more)]


def all_stages(folder=None):
    """The Stages of the capstone in a folder (see `lessons_folder`), in order; none where it has no capstone."""
    capstone, found = lessons_folder(folder) / NAME, []
    for path in sorted(capstone.iterdir()) if capstone.is_dir() else []:
        if (match := _STAGE.fullmatch(path.name)) and (path / "checks.py").is_file():
            found.append(Stage(int(match.group(1)), path, _heading(path / "README.md", r"^# (?:\d+\. )?(.*)$")))
    return found


def find_lesson(which, lessons):
    """The Lesson, Transfer or Stage of that number or name, with any number or none; UserError where there is none."""
    names = [lesson.kept_as for lesson in lessons]
    for lesson, name in zip(lessons, names):
        if str(which) in (f"{lesson.number}", f"{lesson.number:0>2}") or unnumbered(str(which)) == name:
            return lesson
    raise UserError(f"There is no lesson {which}; `minisat lesson list` lists them.{did_you_mean(which, names)}")


def hints(lesson, name="hints.md"):
    """The hints of what can be solved, in order; none where there is no file of that name."""
    path = lesson.folder / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [part.strip() for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]]


def unnumbered(name):
    """NN_name without its number."""
    return re.sub(r"^\d\d_", "", name)


def _heading(path, pattern):
    """The first heading of a file, without its number; its folder's name where it has none."""
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else path.parent.name


def _titled(folder):
    """The title of a Transfer: how its docstring begins, up to the first comma or full stop."""
    title = _heading(folder / "exercise.py", r'^"""Exercise \d+[b-g]: ([^,.]*)')
    return title[0].upper() + title[1:]
