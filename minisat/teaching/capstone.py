"""The capstone: one file that a learner begins empty, in stages, each with a page, hints and checks of its own."""

import ast
import re
import sys
from pathlib import Path
from typing import NamedTuple

NAME = "capstone"
GIVEN = {"numpy", "matplotlib", "minisat.teaching.toy_captioner", *sys.stdlib_module_names}
"""What the file may import: the photos, arrays, pictures, and Python's own."""


class Stage(NamedTuple):
    """A folder lessons/capstone/N_name. All stages are about one file; they look like Lessons to who checks them."""

    index: int
    folder: Path
    title: str
    optional: bool = False

    @property
    def number(self):
        """What a learner calls it by."""
        return f"{NAME}-{self.index}"

    @property
    def name(self):
        """The same."""
        return self.number

    @property
    def kept_as(self):
        """And the same."""
        return self.number

    @property
    def called(self):
        """How it is spoken of."""
        return f"The capstone's stage {self.index}"

    @property
    def source(self):
        """Its page."""
        return self.folder / "README.md"

    @property
    def original(self):
        """The empty file."""
        return self.folder.parent / "captioner.py"

    @property
    def work(self):
        """Where in a learner's folder the file lies."""
        return f"{NAME}/captioner.py"

    @property
    def checks(self):
        """The checks of the stages before that take no training, then its own."""
        before = [path / "checks.py" for path in sorted(self.folder.parent.iterdir())
                  if re.fullmatch(r"\d_\w+", path.name) and path.name < self.folder.name]
        return [*(path for path in before if path.is_file() and _is_quick(path)), self.folder / "checks.py"]

    @property
    def solution(self):
        """Its part of the solution."""
        text = (self.folder.parent / "solution.py").read_text(encoding="utf-8")
        sections = re.split(r"^(?=# %% )", text, flags=re.MULTILINE)
        return "".join(each for each in sections if re.match(rf"# %% (?:\d and )?{self.index}(?: and \d)?\. ", each)
                       ).rstrip("\n")

    def unwritten(self, exercise):
        """Nothing: whatever is in the file, the learner has written it."""
        return []

    def refused(self, path):
        """A sentence for each import of the file `path` that would do the learner's work."""
        problems = []
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
            for name in _imported(node):
                if not any(name == given or name.startswith(f"{given}.") for given in GIVEN):
                    problems.append(f"{path}, line {node.lineno} imports {name}: here every line is to be yours. "
                                    "NumPy, Python's own modules and minisat.teaching.toy_captioner are there.")
        return problems


def _is_quick(checks):
    """Whether a stage's checks take seconds, so that those after it can run them again."""
    return "\nQUICK = True\n" in checks.read_text(encoding="utf-8")


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        whole = node.module or "."
        return [f"{whole}.{alias.name}" if whole == "minisat" else whole for alias in node.names]
    return []
