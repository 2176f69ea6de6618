"""Where the lessons are, and which there are."""

import re
from pathlib import Path
from typing import NamedTuple

import minisat
from minisat.errors import UserError, did_you_mean

_NUMBERED = re.compile(r"(\d\d)_\w+")


class Lesson(NamedTuple):
    """A folder lessons/NN_name."""

    number: int
    folder: Path
    title: str

    @property
    def name(self):
        """The folder's name, NN_name."""
        return self.folder.name

    @property
    def source(self):
        """The lesson itself."""
        return self.folder / "lesson.py"


def lessons_folder(folder=None):
    """`folder`, or the lessons/ beside the package, where a checkout has them. UserError where there are none."""
    found = Path(folder) if folder else Path(minisat.__file__).resolve().parents[1] / "lessons"
    if not found.is_dir():
        raise UserError(f"There are no lessons in {found}: they come with a checkout of the project, installed with "
                        "`pip install -e .`, or name their folder with --lessons.")
    return found


def all_lessons(folder=None):
    """The Lessons of a folder (see `lessons_folder`), in reading order."""
    found = []
    for path in sorted(lessons_folder(folder).iterdir()):
        if (match := _NUMBERED.fullmatch(path.name)) and (path / "lesson.py").is_file():
            source = (path / "lesson.py").read_text(encoding="utf-8")
            heading = re.search(r"^# # (?:\d+\. )?(.*)$", source, re.MULTILINE)
            found.append(Lesson(int(match.group(1)), path, heading.group(1) if heading else path.name))
    return found


def find_lesson(which, lessons):
    """The Lesson of that number, or of that name, with its number or without; UserError where there is none."""
    names = [lesson.name[3:] for lesson in lessons]
    for lesson, name in zip(lessons, names):
        if str(which) in (f"{lesson.number}", lesson.name[:2], name, lesson.name):
            return lesson
    raise UserError(f"There is no lesson {which}; `minisat lesson list` lists them.{did_you_mean(which, names)}")
