"""A terminal for a lesson: minisat's commands, run in an empty folder that is gone when the lesson ends."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGE = Path(__file__).resolve().parents[2]


class Terminal:
    """`terminal("data check toy")` prints the command and what it says, as a terminal would.

    `folder` (a Path) is where commands run and paths begin.
    """

    def __init__(self):
        self._place = TemporaryDirectory(prefix="minisat-lesson-")
        self.folder = Path(self._place.name).resolve()

    def __call__(self, command, lines=None):
        """Run `minisat command` and print it; of its output the lines that begin as one of `lines`, None for all.

        (What a command says of seconds differs each time, and what is printed in a lesson must not.) RuntimeError
        with what it said when the command fails.
        """
        path = os.pathsep.join([str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
        done = subprocess.run([sys.executable, "-m", "minisat", *command.split()], cwd=self.folder, text=True,
                              encoding="utf-8", capture_output=True,
                              env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"})
        if done.returncode:
            raise RuntimeError(f"minisat {command}\n{done.stdout}\n{done.stderr}")
        print(f"$ minisat {command}")
        shown = [line for line in done.stdout.splitlines() if lines is None or line.strip().startswith(lines)]
        print("".join(f"{line}\n" for line in shown), end="")
