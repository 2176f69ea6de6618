"""A learner's own folder: copies of the exercises, and a plain file that says which are solved."""

from itertools import count
from pathlib import Path

from minisat.files import read_json, write_json, write_text
from minisat.teaching.shelf import unnumbered


class Desk:
    """The folder `my_lessons`: NN_name/exercise.py for each lesson begun, with its further exercises and its notebook
    beside it; capstone/captioner.py; and progress.json. A folder keeps the number that its lesson had when begun.

    progress.json holds {"solved": [names], "hints": {name: how many were shown}}. Names are those of lessons without
    their numbers; older files have them with numbers, which do not count.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.solved, self.hints = [], {}
        if self.progress.exists():
            kept = read_json(self.progress, {"solved?": [str], "hints?": {str: int}})
            self.solved = [unnumbered(name) for name in kept.get("solved", [])]
            self.hints = {unnumbered(name): shown for name, shown in kept.get("hints", {}).items()}

    @property
    def progress(self):
        """Where progress is kept."""
        return self.folder / "progress.json"

    def exercise(self, lesson):
        """The path of the learner's copy of a Lesson's exercise, which is made where there is none."""
        path = self._begun(lesson.work)
        if not path.exists():
            write_text(path, lesson.original.read_text(encoding="utf-8"))
        return path

    def notebook(self, lesson):
        """The path of the learner's copy of a Lesson's notebook, which is made where there is none."""
        path = self._begun(f"{lesson.name}/lesson.ipynb")
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
        if not self.has_solved(lesson):
            self.solved.append(lesson.kept_as)
            self._write()

    def has_solved(self, lesson):
        """Whether it is solved."""
        return lesson.kept_as in self.solved

    def next_hint(self, lesson, most):
        """How many of `most` hints to show: one more than the last time."""
        self.hints[lesson.kept_as] = min(most, self.hints.get(lesson.kept_as, 0) + 1)
        self._write()
        return self.hints[lesson.kept_as]

    def first_unsolved(self, lessons):
        """The first Lesson that is not solved, optional ones aside, or None."""
        return next((each for each in lessons if not each.optional and not self.has_solved(each)), None)

    def _begun(self, work):
        """The path of FOLDER/FILE here; in the folder of that name with another number, if there is one."""
        path = self.folder / work
        moved = [] if path.parent.exists() else [each for each in sorted(self.folder.glob("[0-9][0-9]_*"))
                                                 if unnumbered(each.name) == unnumbered(path.parent.name)]
        return moved[0] / path.name if moved else path

    def _write(self):
        write_json(self.progress, {"solved": sorted(self.solved), "hints": self.hints})
