"""A built lesson read back from its own pages: what its cells printed and drew, without running it."""

import base64
import json
import re

from minisat.teaching.cells import read_cells
from minisat.teaching.running import Shown
from minisat.teaching.showing import Drawing


def stored(lesson):
    """The notebook of a Lesson, read."""
    return json.loads((lesson.folder / "lesson.ipynb").read_text(encoding="utf-8"))


def recorded(lesson):
    """A Shown for each cell of a Lesson, as its README.md has it; the pictures' bytes are the notebook's."""
    page, shown = (lesson.folder / "README.md").read_text(encoding="utf-8"), []
    pictures = iter([output["data"]["image/png"] for cell in stored(lesson)["cells"] for output in
                     cell.get("outputs", []) if "data" in output])
    for cell in read_cells(lesson.source):
        output, drawings = "", []
        if not cell.prose:
            page = page.partition(f"```python\n{cell.text}\n```")[2]
            if match := re.match(r"\n\n```text\n(.*?)\n```", page, re.DOTALL):
                output, page = match.group(1), page[match.end():]
            while match := re.match(r"\n\n!\[(.*?)\]\((\w+)\.svg\)", page):
                drawings.append(Drawing(match.group(2), match.group(1), "", base64.b64decode(next(pictures, ""))))
                page = page[match.end():]
        shown.append(Shown(cell, output, tuple(drawings)))
    return shown
