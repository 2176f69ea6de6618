"""The lessons themselves: each runs, its untouched exercise fails, its solution passes, its pages are up to date."""

import base64
import importlib.metadata
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minisat.teaching.cells import read_cells
from minisat.teaching.exercises import check_exercise
from minisat.teaching.pages import foot, formulas_for_github, pages
from minisat.teaching.running import run_cells
from minisat.teaching.shelf import all_lessons, lessons_folder, with_transfers

LESSONS = all_lessons()
TRANSFERS = [each for each in with_transfers(LESSONS) if each.optional]
PICTURE = re.compile(r'(?<="image/png": ")[^"]*')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])


def test_lessons_are_numbered_in_reading_order():
    """1, 2, 3, …, each number once; the overview links to every one."""
    assert [lesson.number for lesson in LESSONS] == list(range(1, 23))
    overview = (lessons_folder() / "README.md").read_text(encoding="utf-8")
    for lesson in LESSONS:
        assert f"| {lesson.number} | [{lesson.title}]({lesson.name}/README.md) |" in overview


@every_lesson
def test_a_short_form_runs(lesson):
    """Every lesson runs from the first cell to the last, with little training, and shows a described figure."""
    shown = list(run_cells(lesson.source, short=True))
    drawings = [drawing for each in shown for drawing in each.drawings]
    assert drawings and all(len(drawing.alt) > 20 for drawing in drawings)
    assert shown[0].cell.prose and shown[0].cell.text.startswith(f"# {lesson.number}. ")


@every_lesson
def test_the_untouched_exercise_fails_and_says_where(lesson):
    """It runs, it fails, and the table names a wrong tensor, or a sentence what a function returns: no exception, no
    exercise that is solved as it comes."""
    verdict = check_exercise(lesson, lesson.folder / "exercise.py")
    assert not verdict.ok and "Error" not in str(verdict)
    if verdict.reports:
        assert "WRONG" in str(verdict) and "the numbers say" in str(verdict)
        assert verdict.failed.exception is None
    else:
        assert str(verdict)


@every_lesson
def test_the_solution_passes(lesson):
    """Every case agrees with the numbers."""
    verdict = check_exercise(lesson, lesson.folder / "solution.py")
    assert verdict.ok, str(verdict)


@pytest.mark.parametrize("transfer", TRANSFERS, ids=[transfer.number for transfer in TRANSFERS])
def test_a_transfer_exercise(transfer):
    """As it comes it fails without an exception; its solution passes and says two ways to get it wrong; the overviews
    name it."""
    untouched = check_exercise(transfer, transfer.original)
    assert not untouched.ok and str(untouched) and "Error" not in str(untouched)
    solved = check_exercise(transfer, transfer.folder / "solution.py")
    assert solved.ok, str(solved)
    assert "Two ways to get it wrong:" in transfer.solution
    overview = (lessons_folder() / "README.md").read_text(encoding="utf-8")
    assert f"| {transfer.number} | {transfer.title[0].lower()}{transfer.title[1:]} |" in overview \
        or f"| {transfer.number} | {transfer.title} |" in overview
    assert f"| {transfer.number} | " in (lessons_folder() / "README.ko.md").read_text(encoding="utf-8")


def test_open_exercises_say_how_one_judges_them():
    """Each says where to begin, what a good answer shows and what to beware of; the page's links lead somewhere."""
    page = (lessons_folder() / "stretch.md").read_text(encoding="utf-8")
    rubric, *exercises = re.split("^### ", page, flags=re.MULTILINE)
    assert rubric.count("| **") == 6 and len(exercises) >= 10
    for exercise in exercises:
        assert re.findall(r"^\* \*\*([\w ]+)", exercise, re.M) == ["Begin with", "A good answer shows", "Beware"]
    assert all((lessons_folder() / link).exists() for link in re.findall(r"\]\(([^)]+)\)", page))
    assert "(stretch.md)" in (lessons_folder() / "README.md").read_text(encoding="utf-8")


@every_lesson
def test_hints_come_in_steps(lesson):
    """At least two, each with a heading."""
    text = (lesson.folder / "hints.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^## ", text, re.MULTILINE)) >= 2


@every_lesson
def test_the_page_belongs_to_its_source(lesson):
    """The committed README holds every cell of lesson.py as it is now; no training needed to tell."""
    page, cells = (lesson.folder / "README.md").read_text(encoding="utf-8"), read_cells(lesson.source)
    for cell in cells:
        assert (formulas_for_github(cell.text) if cell.prose else cell.text) in page
    assert page.endswith(f"{foot(lesson)}\n"), f"minisat lesson build {lesson.number}"
    assert "$" not in re.sub(r"^```.*?^```$|`[^`]+`|\$`[^`]+`\$", "", page, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.slow
@every_lesson
def test_a_rebuild_changes_nothing(lesson):
    """README and notebook are the same bytes, figures the same but for the last digits, which processors round
    differently."""
    for line in (lessons_folder() / "built_with.txt").read_text(encoding="utf-8").split():
        package, wanted = line.split("==")
        if (found := importlib.metadata.version(package)) != wanted:
            pytest.skip(f"the pages were built with {package} {wanted}, and here is {found}")
    made = pages(lesson)
    assert {path.name for path in lesson.folder.glob("*.svg")} == {name for name in made if name.endswith(".svg")}
    for name, text in made.items():
        kept = (lesson.folder / name).read_text(encoding="utf-8")
        if name.endswith(".svg"):
            assert_alike(kept, text)
        elif name.endswith(".ipynb"):
            assert PICTURE.sub("", kept) == PICTURE.sub("", text)
            for before, after in zip(PICTURE.findall(kept), PICTURE.findall(text)):
                assert np.abs(seen(before) - seen(after)).max() < 64
        else:
            assert kept == text, f"{name} is not up to date: minisat lesson build {lesson.number}"


def seen(encoded):
    """A PNG file in base64 from afar, as numbers from 0 to 255: the mean colours of squares of eight pixels."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB").reduce(8), float)


def assert_alike(kept, made):
    """Two SVG files with the same text around their numbers, and numbers no more than half a point apart."""
    kept, made = ([line for line in text.splitlines() if not re.search("id=|href|clip", line)] for text in (kept, made))
    assert [NUMBER.sub("0", line) for line in kept] == [NUMBER.sub("0", line) for line in made]
    numbers = [np.array([float(number) for line in lines for number in NUMBER.findall(line)]) for lines in (kept, made)]
    assert np.abs(numbers[0] - numbers[1]).max() <= 0.5


def test_a_rebuild_gives_the_same_bytes():
    """Twice in one process: no dates, no random ids."""
    assert pages(LESSONS[0]) == pages(LESSONS[0])


def test_lessons_import_only_the_package():
    """NumPy, minisat and Python's own modules: no download, nothing of each other; a lesson is a plain script."""
    for lesson in LESSONS:
        for path in lesson.folder.glob("*.py"):
            for name in re.findall(r"^(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
                assert name in {"numpy", "minisat", *sys.stdlib_module_names}, f"{path} imports {name}"


def test_formulas_are_written_as_github_wants_them():
    """Display formulas in fences, inline ones in backticks; dollars in code stay."""
    text = "Take $x_i$:\n\n$$\ny = x_1\n$$\n\nand `$HOME` costs $5 or 6$."
    assert formulas_for_github(text) == "Take $`x_i`$:\n\n```math\ny = x_1\n```\n\nand `$HOME` costs $`5 or 6`$."


def test_lessons_are_beside_the_package():
    """An installation from a checkout finds them."""
    assert lessons_folder() == Path(__file__).resolve().parents[2] / "lessons"
