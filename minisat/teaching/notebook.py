"""A lesson as a notebook: with outputs and figures, drawing code folded away, and exercises that check themselves.

The same bytes on every rebuild with the same NumPy and Matplotlib: no dates, cell ids are numbers.
"""

import ast
import base64
import json
import re

SETUP = """\
# This finds minisat: where it is installed, or else in the clone around this notebook, or else in a wheel beside it.
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("minisat") is None:
    clones = [folder for folder in Path.cwd().parents if (folder / "minisat" / "teaching").is_dir()]
    wheels = sorted(Path.cwd().glob("minisat_captioner-*.whl"))
    if clones:
        sys.path.insert(0, str(clones[0]))
    elif wheels:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", str(wheels[-1])], check=True)
    else:
        raise ModuleNotFoundError("minisat is not installed. Put its wheel, minisat_captioner-….whl, beside this "
                                  "notebook (in a clone, `pip wheel --no-deps .` makes it), and run this cell again.")

from minisat.teaching.interactive import check, hint"""
FOLDED = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
"""Metadata of a cell whose code is folded away: for JupyterLab and Notebook, and for Jupyter Book."""
TASK = """\
## Exercise {number}{title}

Change the cell below and run it: its last line checks it. Each run of `hint({asked})` gives one hint more."""


def notebook(lesson, shown):
    """The notebook (JSON text, format 4.5) of a Lesson whose cells gave `shown`."""
    made = [_code(SETUP, folded=True)]
    for cell, output, drawings in shown:
        if cell.prose:
            made.append(_cell("markdown", cell.text))
            continue
        outputs = [_printed(output)] if output.strip() else []
        computing, drawing = halves(cell)
        if computing:
            made.append(_code(computing, outputs))
        if drawing:
            shown_here = [] if computing else outputs
            made.append(_code(drawing, shown_here + [_drawn(each) for each in drawings], folded=True))
    for exercise in (lesson, *lesson.more):
        asked = f'"{exercise.kept_as}"'
        title = "" if exercise is lesson else f": {exercise.title}"
        made += [_cell("markdown", TASK.format(number=exercise.number, title=title, asked=asked)),
                 _code(f"{exercise_cell(exercise)}\n\n\ncheck({asked}, In)"), _code(f"hint({asked})")]
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": [{**cell, "id": f"cell-{i}"} for i, cell in enumerate(made)],
                       "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
                       "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False) + "\n"


def halves(cell):
    """(what computes, what draws) of a code Cell: it is cut at its first `panels`, below which nothing is printed."""
    lines = cell.text.splitlines()
    starts = [statement.lineno - 1 for statement in ast.parse(cell.text).body if _calls(statement, "panels")]
    cut = starts[0] if starts else len(lines)
    return tuple("\n".join(part).strip("\n") for part in (lines[:cut], lines[cut:]))


def exercise_cell(exercise):
    """An exercise as it comes, for a cell: without what it does when it is run as a file."""
    text = exercise.original.read_text(encoding="utf-8")
    return re.sub(r"(run: )?minisat lesson check \S+", "run this cell", text.partition(AS_A_FILE)[0]).rstrip("\n")


AS_A_FILE = '\n\nif __name__ == "__main__":\n'
"""Where the part of an exercise begins that runs when it is run as a file."""


def _calls(statement, name):
    return any(isinstance(node, ast.Call) and getattr(node.func, "id", "") == name for node in ast.walk(statement))


def _cell(kind, text, **metadata):
    return {"cell_type": kind, "id": "", "metadata": metadata, "source": text.splitlines(keepends=True)}


def _code(text, outputs=(), folded=False):
    return {**_cell("code", text, **(FOLDED if folded else {})), "execution_count": None, "outputs": list(outputs)}


def _printed(output):
    return {"name": "stdout", "output_type": "stream", "text": f"{output.rstrip()}\n".splitlines(keepends=True)}


def _drawn(drawing):
    return {"data": {"image/png": base64.b64encode(drawing.png).decode(), "text/plain": [drawing.alt]},
            "metadata": {}, "output_type": "display_data"}
