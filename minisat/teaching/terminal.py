"""A terminal for a lesson: minisat's commands, run in an empty folder that is gone when the lesson ends."""

import contextlib
import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory


class Terminal:
    """`terminal("data check toy")` prints the command and what it says, as a terminal would.

    `main` is the command line itself, minisat.cli.main.main. `folder` (a Path) is where commands run and paths begin.
    """

    def __init__(self, main):
        self._main, self._place = main, TemporaryDirectory(prefix="minisat-lesson-")
        self.folder = Path(self._place.name).resolve()

    def __call__(self, command, lines=None):
        """Run `minisat command` and print it; of its output the lines that begin as one of `lines`, None for all.

        (What a command says of seconds differs each time, and what is printed in a lesson must not.) RuntimeError
        with what it said when the command fails.
        """
        said, problem, home = io.StringIO(), io.StringIO(), os.getcwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(problem):
                code = self._main(command.split())
        finally:
            os.chdir(home)
        if code:
            raise RuntimeError(f"minisat {command}\n{said.getvalue()}\n{problem.getvalue()}")
        print(f"$ minisat {command}")
        shown = [line for line in said.getvalue().splitlines() if lines is None or line.strip().startswith(lines)]
        print("".join(f"{line}\n" for line in shown), end="")
