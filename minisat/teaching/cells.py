"""A lesson's source as cells: `# %% [markdown]` begins prose in comments, `# %%` begins code."""

import re
from pathlib import Path
from typing import NamedTuple

_MARKER = re.compile(r"^# %%(.*)$")


class Cell(NamedTuple):
    """One cell of a lesson."""

    prose: bool  # Markdown, or else Python
    text: str    # without the marker; prose without its comment signs
    line: int    # of the file, counted from 1, on which `text` begins


def read_cells(path):
    """The cells of the percent-cell file `path`; what stands before the first marker is left out."""
    cells, lines = [], Path(path).read_text(encoding="utf-8").splitlines()
    marks = [(i, match.group(1)) for i, line in enumerate(lines) if (match := _MARKER.match(line))]
    for (start, kind), end in zip(marks, [i for i, _ in marks[1:]] + [len(lines)]):
        body, prose = lines[start + 1:end], "markdown" in kind
        first = next((i for i, line in enumerate(body) if line.strip()), len(body))
        if prose:
            body = [re.sub(r"^# ?", "", line) for line in body]
        text = "\n".join(body[first:]).rstrip()
        if text:
            cells.append(Cell(prose, text, start + 2 + first))
    return cells
