"""A learner's own folder: copies of the exercises, and a plain file that says which are solved."""

from pathlib import Path

from minisat.files import read_json, write_json, write_text


class Desk:
    """The folder `my_lessons`: NN_name/exercise.py for each lesson begun, and progress.json.

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
        path = self.folder / lesson.name / "exercise.py"
        if not path.exists():
            write_text(path, (lesson.folder / "exercise.py").read_text(encoding="utf-8"))
        return path

    def untouched(self, lesson):
        """Whether the copy is still as it came."""
        return self.exercise(lesson).read_bytes() == (lesson.folder / "exercise.py").read_bytes()

    def solve(self, lesson):
        """Note that it is solved."""
        if lesson.name not in self.solved:
            self.solved.append(lesson.name)
            self._write()

    def next_hint(self, lesson, count):
        """How many of `count` hints to show: one more than the last time."""
        self.hints[lesson.name] = min(count, self.hints.get(lesson.name, 0) + 1)
        self._write()
        return self.hints[lesson.name]

    def first_unsolved(self, lessons):
        """The first Lesson that is not solved, or None."""
        return next((lesson for lesson in lessons if lesson.name not in self.solved), None)

    def _write(self):
        write_json(self.progress, {"solved": sorted(self.solved), "hints": self.hints})
