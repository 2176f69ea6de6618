"""What is generated from a lesson: README.md and a notebook, both with outputs and figures; the Korean page's warning.

All are the same bytes on every rebuild with the same NumPy and Matplotlib.
"""

import re

from minisat.teaching import korean
from minisat.teaching.notebook import notebook
from minisat.teaching.running import run_cells
from minisat.teaching.stepping import has_net

_DISPLAY = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<![\w$`\\])\$(?![\s`$])([^$\n]+?)(?<!\s)\$(?![\w$])")

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
    step = f"its net: `minisat lesson step {lesson.name.partition('_')[2]}` · " if has_net(lesson) else ""
    more = "".join(f"[exercise {each.number}: {each.title}]({each.folder.name}/exercise.py) · " for each in lesson.more)
    return (f"---\n\n*Made from [lesson.py](lesson.py) by `minisat lesson build {lesson.number}`. "
            f"[Notebook](lesson.ipynb) · [exercise](exercise.py) · [hints](hints.md) · {step}{more}{in_korean}"
            "[all lessons](../README.md)*")


def pages(lesson):
    """{file name: text} of everything that is generated for a Lesson; runs it."""
    shown = list(run_cells(lesson.source))
    made = {"README.md": readme(lesson, shown), "lesson.ipynb": notebook(lesson, shown)}
    for each in shown:
        made.update({f"{drawing.name}.svg": drawing.svg for drawing in each.drawings})
    if in_korean := korean.page(lesson):
        made[korean.NAME] = in_korean
    return made
