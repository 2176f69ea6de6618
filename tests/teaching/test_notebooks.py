"""Notebooks to work in: they hold what their lessons showed, run from any folder, check, and leave nothing behind."""

import ast
import base64
import io
import json
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from recorded_lessons import recorded, stored

from minisat.cli.main import main
from minisat.plots import svg
from minisat.plots.svg import MARK, packed
from minisat.teaching import interactive
from minisat.teaching.cells import read_cells
from minisat.teaching.notebook import FOLDED, SETUP, halves, notebook
from minisat.teaching.shelf import all_lessons, find_lesson, hints, lessons_folder
from minisat.teaching.showing import Stage, staged

LESSONS = all_lessons()
ROOT = Path(__file__).resolve().parents[2]
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])


class Kernel:
    """What a notebook runs in, as far as its cells can tell: one namespace, and the list `In` of what has run."""

    def __init__(self):
        self.names = {"__name__": "__main__", "In": [""]}

    def run(self, text):
        """Run a cell."""
        self.names["In"].append(text)
        exec(compile(text, "cell", "exec"), self.names)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """A Kernel whose working folder is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setattr(interactive, "_passing", [])
    return Kernel()


@every_lesson
def test_a_notebook_belongs_to_its_lesson(lesson):
    """It is what `minisat lesson build` makes of the cells, the outputs on the page, and the exercises as they are."""
    assert (lesson.folder / "lesson.ipynb").read_text(encoding="utf-8") == notebook(lesson, recorded(lesson)), \
        f"minisat lesson build {lesson.number}"


@every_lesson
def test_outputs_and_figures_are_stored(lesson):
    """Every figure of the lesson is a small PNG of its shape, with words for who cannot see it."""
    outputs = [output for cell in stored(lesson)["cells"] for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "stream"]
    drawings = [drawing for shown in recorded(lesson) for drawing in shown.drawings]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == len(drawings) > 0
    for drawing in drawings:
        width, height = Image.open(io.BytesIO(drawing.png)).size
        assert 400 <= width <= 900 and height <= 900 and len(drawing.png) < 100_000


def test_all_notebooks_together_are_small():
    """With their figures, less than two megabytes."""
    assert sum((lesson.folder / "lesson.ipynb").stat().st_size for lesson in LESSONS) < 2e6


@every_lesson
def test_no_picture_spells_a_mark_of_unfinished_work(lesson):
    """Base64 does so by chance, in some seven of a hundred such pictures; a search then finds what nobody wrote."""
    assert not MARK.search((lesson.folder / "lesson.ipynb").read_text(encoding="utf-8"))


def test_a_picture_that_does_is_packed_otherwise(monkeypatch):
    """The same pixels in other bytes, as soon as the tightest form holds the mark."""
    image = Image.fromarray(np.arange(2400, dtype=np.uint8).reshape(40, 60) // 3).quantize(16)
    tight = packed(image)
    monkeypatch.setattr(svg, "MARK", re.compile(re.escape(base64.b64encode(tight).decode()[-60:-40])))
    other = packed(image)
    assert other != tight and np.array_equal(*(Image.open(io.BytesIO(each)).convert("RGB") for each in (tight, other)))


@every_lesson
def test_drawing_is_folded_and_prints_nothing(lesson):
    """What draws a figure is folded away, and nothing that belongs to the text is folded with it."""
    for cell in read_cells(lesson.source):
        if not cell.prose:
            computing, drawing = halves(cell)
            assert "panels(" not in computing and not any(word in drawing for word in ("print(", "compared("))
            assert "\n".join([computing, drawing]).split() == cell.text.split()
    folded = [cell for cell in stored(lesson)["cells"] if cell["metadata"] == FOLDED]
    assert "".join(folded[0]["source"]) == SETUP and len(folded) > 1
    assert all("panels(" in "".join(cell["source"]) for cell in folded[1:])


def runs_through(lesson, kernel):
    """Every code cell, exercises as they come, with little training."""
    with staged(Stage(None, short=True)):
        for cell in stored(lesson)["cells"]:
            if cell["cell_type"] == "code":
                kernel.run("".join(cell["source"]))


def test_a_notebook_runs_and_leaves_nothing(kernel, capsys, tmp_path):
    """The first lesson's: its exercise fails with the table, its hint comes, and no file is written where it lies."""
    runs_through(LESSONS[0], kernel)
    shown = capsys.readouterr().out
    assert "WRONG" in shown and "Not yet. For a hint, run: hint('nudge')" in shown and "Hint 1 of 3" in shown
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@every_lesson
def test_every_notebook_runs_and_leaves_nothing(lesson, kernel, capsys, tmp_path):
    """Without Jupyter, and without the lesson's folder as the working folder."""
    runs_through(lesson, kernel)
    shown = capsys.readouterr().out
    assert shown.count("Not yet. For a hint, run: ") == 1 + len(lesson.more) == shown.count("Hint 1 of ")
    assert not list(tmp_path.iterdir())


def test_no_figure_is_written_from_a_notebook(kernel, tmp_path):
    """It is shown instead, as PNG; from a script it is written."""
    kernel.run("from minisat.teaching import panels, show\nshown = show(panels()[0], 'empty', 'two empty axes')")
    assert not list(tmp_path.iterdir())
    assert kernel.names["shown"]._repr_png_().startswith(b"\x89PNG") and repr(kernel.names["shown"]) == "two empty axes"


def solved(lesson):
    """A solution as a cell that checks itself."""
    return (lesson.folder / "solution.py").read_text(encoding="utf-8") + f"\n\ncheck({lesson.kept_as!r}, In)"


def test_work_in_a_clone_passes_away(kernel, capsys, tmp_path):
    """Solved is solved, and is remembered as long as the notebook runs; nothing is written beside it."""
    kernel.run(SETUP)
    kernel.run(solved(LESSONS[0]))
    assert "Solved." in capsys.readouterr().out
    assert interactive._desk().solved == [LESSONS[0].kept_as] and not list(tmp_path.iterdir())


def test_work_in_my_lessons_is_kept(kernel, capsys, tmp_path, monkeypatch):
    """`minisat lesson notebook` copies once. What is checked there is the learner's exercise from then on; what came
    from an editor before is kept beside it, and what came from the notebook is not kept again."""
    first, desk = LESSONS[0], tmp_path / "my_lessons"
    assert main(["lesson", "notebook", "1"]) == 0
    copied = desk / first.name / "lesson.ipynb"
    assert copied.read_text(encoding="utf-8") == (first.folder / "lesson.ipynb").read_text(encoding="utf-8")
    copied.write_text("mine")
    assert main(["lesson", "notebook", "1"]) == 0 and copied.read_text() == "mine"
    (desk / first.name / "exercise.py").write_text("# from an editor")
    monkeypatch.chdir(copied.parent)
    kernel.run(SETUP)
    for text in (solved(first).replace("dy.sum(axis=0)", "dy.mean(axis=0)"), solved(first)):
        kernel.run(text)
    shown = capsys.readouterr().out
    assert "b: everywhere it is 1/" in shown and shown.count("Solved.") == 1
    assert sorted(path.name for path in copied.parent.iterdir()) == ["exercise-1.py", "exercise.py", "lesson.ipynb"]
    assert (copied.parent / "exercise-1.py").read_text() == "# from an editor"
    monkeypatch.chdir(tmp_path)
    assert json.loads((desk / "progress.json").read_text())["solved"] == [first.kept_as]
    assert main(["lesson", "check", "1"]) == 0


def test_a_mistake_is_named_by_the_line_of_its_cell(kernel, capsys):
    """Line 1 is the cell's first; the folder where it was checked is not told."""
    kernel.run(SETUP)
    text = solved(LESSONS[0]).replace("dy.sum(axis=0)", "dy.sum(axis=7)")
    kernel.run(text)
    line = 1 + text[:text.index("axis=7")].count("\n")
    shown = capsys.readouterr().out
    assert f"this cell, line {line}: " in shown and "exercise.py" not in shown


def test_check_in_a_cell_of_its_own_says_where_it_belongs(kernel, capsys):
    """It checks what stands above it in the same cell: what was edited and not run cannot be mistaken for it."""
    kernel.run(SETUP)
    kernel.run("check('nudge', In)")
    assert "put check('nudge', In) below the exercise" in capsys.readouterr().out


def test_the_clinic_still_runs_as_a_file(kernel, capsys, tmp_path, monkeypatch):
    """The part of an exercise that runs as a file is not in the cell; in the learner's file it is."""
    clinic = find_lesson("clinic", LESSONS)
    main(["lesson", "notebook", "clinic"])
    monkeypatch.chdir(tmp_path / "my_lessons" / clinic.name)
    kernel.run(SETUP)
    kernel.run(next(text for cell in stored(clinic)["cells"] if "class Shares" in (text := "".join(cell["source"]))))
    written = Path("exercise.py").read_text(encoding="utf-8")
    assert '\nif __name__ == "__main__":\n    from minisat.plots.stepper' in written and "check(" not in written
    assert ast.parse(written)


def test_a_notebook_from_before_a_move_asks_by_number(kernel, capsys, tmp_path, monkeypatch):
    """In my_lessons/05_gates, 5 is what it was then: the lesson on gates, and 5b its second exercise."""
    begun = tmp_path / "my_lessons" / "05_gates"
    begun.mkdir(parents=True)
    monkeypatch.chdir(begun)
    kernel.run(SETUP)
    for asked in (5, "5b"):
        kernel.run(f"hint({asked!r})")
    shown = capsys.readouterr().out
    gates = find_lesson("gates", LESSONS)
    assert all(hints(each)[0] in shown for each in (gates, *gates.more))


def test_the_first_cell_finds_minisat(tmp_path, monkeypatch):
    """Where it is not installed: in the clone around, then in a wheel beside; else one sentence says what to do."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="Put its wheel"):
        exec(SETUP, {})
    (tmp_path / "minisat_captioner-1.0-py3-none-any.whl").write_bytes(b"")
    commands = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: commands.append(command))
    exec(SETUP, {})
    assert commands == [[sys.executable, "-m", "pip", "install", "--quiet",
                         str(tmp_path / "minisat_captioner-1.0-py3-none-any.whl")]]
    monkeypatch.chdir(LESSONS[0].folder)
    exec(SETUP, {})
    assert sys.path[0] == str(ROOT) and len(commands) == 1


def test_the_wheel_brings_the_lessons(tmp_path):
    """Built as pip builds it, away from the checkout: the lessons are found, and an exercise is checked."""
    pytest.importorskip("setuptools")
    if lessons_folder() != ROOT / "lessons":
        pytest.skip("installed from a wheel already")
    copy = tmp_path / "source"
    copy.mkdir()
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    for name in ("minisat", "lessons"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "setup.py", "--quiet", "build", "--build-base", str(tmp_path / "built")], cwd=copy,
                   check=True, capture_output=True)
    done = subprocess.run([sys.executable, "-m", "minisat", "lesson", "check", "1"], cwd=tmp_path, text=True,
                          capture_output=True, env={"PYTHONPATH": str(tmp_path / "built" / "lib")}, encoding="utf-8")
    assert done.returncode == 1 and "WRONG" in done.stdout, done.stderr
    assert (tmp_path / "my_lessons" / LESSONS[0].name / "exercise.py").is_file()
