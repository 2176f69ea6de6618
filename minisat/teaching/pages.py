"""What is generated from a lesson: README.md with outputs and figures, a notebook without, the Korean page's warning.

All are the same bytes on every rebuild with the same NumPy and Matplotlib: no dates, cell ids are numbers.
"""

import json
import re

from minisat.teaching import korean
from minisat.teaching.running import run_cells

_DISPLAY = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<![\w$`\\])\$(?![\s`$])([^$\n]+?)(?<!\s)\$(?![\w$])")

SETUP = """\
# Where minisat is not installed (on Colab, say): put the address of your copy of the project between the quotes.
ADDRESS = ""
try:
    import minisat.teaching  # noqa: F401
except ImportError:
    assert ADDRESS, "put the address of the project's repository, https://…, into ADDRESS"
    %pip install --quiet "minisat-captioner @ git+{ADDRESS}\""""


def formulas_for_github(markdown):
    """Formulas between $$ lines as ```math fences, $inline$ ones as $`inline`$: GitHub's Markdown mangles the rest."""
    fenced = _DISPLAY.sub(lambda match: f"```math\n{match.group(1)}\n```", markdown)
    return _INLINE.sub(lambda match: f"$`{match.group(1)}`$", fenced)


def readme(lesson, shown):
    """The page (Markdown) of a Lesson whose cells gave `shown`."""
    parts = []
    for cell, output, drawings in shown:
        parts.append(formulas_for_github(cell.text) if cell.prose else f"```python\n{cell.text}\n```")
        if output.strip():
            parts.append(f"```text\n{output.rstrip()}\n```")
        parts += [f"![{drawing.alt}]({drawing.name}.svg)" for drawing in drawings]
    parts.append(foot(lesson))
    return "\n\n".join(parts) + "\n"


def foot(lesson):
    """How the page of a Lesson ends: what belongs to it."""
    in_korean = f"[한국어]({korean.NAME}) · " if (lesson.folder / korean.NAME).exists() else ""
    return (f"---\n\n*Made from [lesson.py](lesson.py) by `minisat lesson build {lesson.number}`. "
            f"[Notebook](lesson.ipynb) · [exercise](exercise.py) · [hints](hints.md) · {in_korean}"
            "[all lessons](../README.md)*")


def notebook(cells):
    """The notebook (JSON text, format 4.5) of a lesson's cells, without outputs, after a cell that installs minisat."""
    made = [_notebook_cell(0, False, SETUP)]
    made += [_notebook_cell(i, cell.prose, cell.text) for i, cell in enumerate(cells, start=1)]
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
                       "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False) + "\n"


def _notebook_cell(index, prose, text):
    cell = {"cell_type": "markdown" if prose else "code", "id": f"cell-{index}", "metadata": {},
            "source": text.splitlines(keepends=True)}
    return cell if prose else {**cell, "execution_count": None, "outputs": []}


def pages(lesson):
    """{file name: text} of everything that is generated for a Lesson; runs it."""
    shown = list(run_cells(lesson.source))
    made = {"README.md": readme(lesson, shown), "lesson.ipynb": notebook([each.cell for each in shown])}
    for each in shown:
        made.update({f"{drawing.name}.svg": drawing.svg for drawing in each.drawings})
    if in_korean := korean.page(lesson):
        made[korean.NAME] = in_korean
    return made
