"""A learner's own folder: copies of the exercises, and a plain file that says which are solved."""

from itertools import count
from pathlib import Path

from minisat.files import read_json, write_json, write_text


class Desk:
    """The folder `my_lessons`: NN_name/exercise.py for each lesson begun, with its further exercises and its notebook
    beside it; capstone/captioner.py; and progress.json.

    progress.json holds {"solved": [lesson names], "hints": {lesson name: how many were shown}}.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.solved, self.hints = [], {}
        if self.progress.exists():
            kept = read_json(self.progress, {"solved?": [str], "hints?": {str: int}})
            self.solved, self.hints = kept.get("solved", []), kept.get("hints", {})

    @property
    def progress(self):
        """Where progress is kept."""
        return self.folder / "progress.json"

    def exercise(self, lesson):
        """The path of the learner's copy of a Lesson's exercise, which is made where there is none."""
        path = self.folder / lesson.work
        if not path.exists():
            write_text(path, lesson.original.read_text(encoding="utf-8"))
        return path

    def notebook(self, lesson):
        """The path of the learner's copy of a Lesson's notebook, which is made where there is none."""
        path = self.folder / lesson.name / "lesson.ipynb"
        if not path.exists():
            write_text(path, (lesson.folder / path.name).read_text(encoding="utf-8"))
        return path

    def hand_in(self, lesson, text, known=()):
        """Write `text` into the copy of a Lesson's exercise, and return its path.

        What another hand has written there, no member of `known`, is kept beside it.
        """
        path = self.exercise(lesson)
        if not self.untouched(lesson) and path.read_text(encoding="utf-8") not in (text, *known):
            self.reset(lesson)
        write_text(path, text)
        return path

    def reset(self, lesson):
        """Begin a Lesson's exercise anew; the path where what was written until now is kept."""
        path = self.exercise(lesson)
        kept = next(each for i in count(1) if not (each := path.with_name(f"{path.stem}-{i}.py")).exists())
        path.rename(kept)
        self.exercise(lesson)
        return kept

    def untouched(self, lesson):
        """Whether the copy is still as it came."""
        return self.exercise(lesson).read_bytes() == lesson.original.read_bytes()

    def solve(self, lesson):
        """Note that it is solved."""
        if lesson.name not in self.solved:
            self.solved.append(lesson.name)
            self._write()

    def next_hint(self, lesson, most):
        """How many of `most` hints to show: one more than the last time."""
        self.hints[lesson.name] = min(most, self.hints.get(lesson.name, 0) + 1)
        self._write()
        return self.hints[lesson.name]

    def first_unsolved(self, lessons):
        """The first Lesson that is not solved, optional ones aside, or None."""
        return next((each for each in lessons if not each.optional and each.name not in self.solved), None)

    def _write(self):
        write_json(self.progress, {"solved": sorted(self.solved), "hints": self.hints})
