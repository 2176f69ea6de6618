"""What setup.cfg cannot say: the lessons, which lie beside the package, go into the wheel inside it."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithLessons(build_py):
    """The package, and in it the lessons; an editable installation finds them beside it."""

    def run(self):
        """Build the one and copy the others."""
        super().run()
        lessons = Path(__file__).resolve().parent / "lessons"
        if not self.editable_mode and lessons.is_dir():
            shutil.copytree(lessons, Path(self.build_lib) / "minisat" / "lessons", dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__", "my_lessons"))


setup(cmdclass={"build_py": WithLessons})
