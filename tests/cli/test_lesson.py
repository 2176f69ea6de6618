"""`minisat lesson`: a fresh learner's path, in a working folder of its own."""

import json
import os
import re
import subprocess
import sys

import pytest

from minisat.cli import lesson as verb
from minisat.cli.main import main
from minisat.files import write_json
from minisat.teaching.cells import read_cells
from minisat.teaching.shelf import all_lessons, all_stages, everything, find_lesson


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty working folder to learn in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "my_lessons"


def exercise_of(desk, lesson):
    return desk / lesson.work


def solve(desk, lesson):
    exercise_of(desk, lesson).write_text((lesson.folder / "solution.py").read_text(encoding="utf-8"), encoding="utf-8")


def test_a_learners_path(desk, capsys):
    """run shows prose, code, output and figures; check fails helpfully, then passes and goes on to the next lesson."""
    first, second = all_lessons()[:2]
    assert main(["lesson", "run", "1"]) == 0
    shown = capsys.readouterr().out
    assert first.title in shown and "slope × nudge" in shown and "minisat lesson check 1" in shown
    assert (desk / first.name / "nudge.svg").exists()
    assert main(["lesson", "check"]) == 1
    failed = capsys.readouterr().out
    assert "WRONG" in failed and "as it came" in failed and "minisat lesson hint 1" in failed
    solve(desk, first)
    assert main(["lesson", "check"]) == 0
    assert "Next: minisat lesson run 2" in capsys.readouterr().out
    assert main(["lesson", "check"]) == 1
    assert f"Lesson 2, {second.title}" in capsys.readouterr().out
    assert json.loads((desk / "progress.json").read_text())["solved"] == [first.kept_as]
    assert main(["lesson", "list"]) == 0
    listed = capsys.readouterr().out
    assert listed.count("solved") == 1 and "Next: minisat lesson run 2" in listed
    assert main(["lesson"]) == 0 and capsys.readouterr().out == listed


def test_a_page_to_step_through(desk, capsys):
    """Of a lesson's own net; of a wrong answer, with what is wrong; where there is no net it is said."""
    lesson = find_lesson("nudge", all_lessons())
    page = exercise_of(desk, lesson).with_name("step.html")
    assert main(["lesson", "step", "nudge"]) == 0
    assert str(page.name) in capsys.readouterr().out and '"class":"Linear"' in page.read_text(encoding="utf-8")
    solve(desk, lesson)
    right = exercise_of(desk, lesson).read_text(encoding="utf-8")
    exercise_of(desk, lesson).write_text(right.replace("dy.sum(axis=0)", "dy.mean(axis=0)"), encoding="utf-8")
    assert main(["lesson", "check", "nudge", "--step"]) == 1
    assert "what is wrong in red" in capsys.readouterr().out
    assert "Everywhere it is 1/4 times" in page.read_text(encoding="utf-8")
    solve(desk, lesson)
    assert main(["lesson", "check", "nudge", "--step"]) == 0
    assert "Everywhere it is" not in page.read_text(encoding="utf-8")
    assert main(["lesson", "step", "best_sentence_transfer"]) == 2
    assert "derives no layer" in capsys.readouterr().err


def test_on_a_terminal_it_waits_before_each_section(desk, monkeypatch):
    """Enter goes on; elsewhere nothing is asked for."""
    waited = []
    monkeypatch.setattr("builtins.input", waited.append)
    assert main(["lesson", "run", "2"]) == 0 and not waited
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["lesson", "run", "2"]) == 0
    sections = [cell for cell in read_cells(all_lessons()[1].source) if cell.prose and cell.text.startswith("## ")]
    assert len(waited) == len(sections) >= 3


def test_the_whole_course(desk, capsys):
    """From the first lesson to the last: `check` fails helpfully as the exercise comes, passes with the solution. Then
    comes the capstone."""
    for lesson in all_lessons():
        assert main(["lesson", "check"]) == 1
        failed = capsys.readouterr().out
        assert f"{lesson.called}, {lesson.title}" in failed and "as it came" in failed
        assert f"minisat lesson hint {lesson.number}" in failed
        solve(desk, lesson)
        assert main(["lesson", "check"]) == 0, capsys.readouterr().out
        passed = capsys.readouterr().out
        assert "Solved" in passed
    assert "Next: minisat lesson run capstone-1" in passed
    assert main(["lesson", "check"]) == 1
    assert "There is no build_words in captioner.py yet." in capsys.readouterr().out
    write_json(desk / "progress.json", {"solved": [each.kept_as for each in everything()]})
    assert main(["lesson", "check"]) == 0
    assert "Every exercise is solved" in capsys.readouterr().out


def test_the_capstone_begins_with_an_empty_file(desk, capsys):
    """`run capstone` shows the stage that one is at and where the file is; what is written there is checked, stage by
    stage, and every stage has its own hints and its part of the solution."""
    first, second = all_stages()[:2]
    path = desk / "capstone" / "captioner.py"
    assert main(["lesson", "run", "capstone"]) == 0
    shown = capsys.readouterr().out
    assert first.title in shown and "Your file: my_lessons/capstone/captioner.py" in shown
    assert len(path.read_text().splitlines()) == 1
    assert main(["lesson", "check", "capstone"]) == 1
    assert "It is as it came" in capsys.readouterr().out
    path.write_text((first.folder.parent / "solution.py").read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["lesson", "check", "capstone"]) == 0
    passed = capsys.readouterr().out
    assert "Solved." in passed and "Next: minisat lesson run capstone-2" in passed and "encode: " in passed
    assert main(["lesson", "check", "capstone"]) == 0
    passed = capsys.readouterr().out
    assert f"stage 2, {second.title}" in passed and "lstm_back: agrees" in passed and "encode: " not in passed
    assert main(["lesson", "hint", "capstone-2"]) == main(["lesson", "solution", "capstone-2"]) == 0
    printed = capsys.readouterr().out
    assert "def lstm_back" in printed and "def build_words" not in printed and "Hint 1 of" in printed
    assert main(["lesson", "list"]) == 0
    assert capsys.readouterr().out.count("solved") == 2
    last = all_stages()[-1]
    write_json(desk / "progress.json", {"solved": [each.kept_as for each in everything() if each != last]})
    assert main(["lesson", "check"]) == 0
    passed = capsys.readouterr().out
    assert "That was the last one." in passed and "real photos: " in passed and "flickr8k.md" in passed


def test_a_second_exercise_stands_beside_the_first(desk, capsys):
    """It is offered when the lesson is solved, has a number of its own, and nobody has to do it."""
    gates = find_lesson("gates", all_lessons())
    main(["lesson", "check", "gates"])
    solve(desk, gates)
    deeper = f"{gates.number}b"
    capsys.readouterr()
    assert main(["lesson", "check", "gates"]) == 0
    assert f"deeper into this one: minisat lesson run {gates.number}b" in capsys.readouterr().out
    assert main(["lesson", "run", deeper]) == 0
    assert "needs no new rule" in capsys.readouterr().out
    path = desk / gates.name / "transfer.py"
    assert main(["lesson", "check", deeper]) == 1 and path.exists()
    path.write_text((gates.folder / "transfer" / "solution.py").read_text(encoding="utf-8"), encoding="utf-8")
    capsys.readouterr()
    assert main(["lesson", "check", deeper]) == 0
    shown = capsys.readouterr().out
    assert "Next: minisat lesson run 1" in shown and "deeper" not in shown
    assert main(["lesson", "list"]) == 0
    listed = capsys.readouterr().out
    assert deeper in listed and listed.count("solved") == 2 and "Next: minisat lesson run 1" in listed


def test_a_watched_file_is_checked_at_every_save(desk, capsys, monkeypatch):
    """Once as it is, once more when it is saved, and no more when it is solved; Ctrl-C ends it before."""
    first = all_lessons()[0]
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 2:
            solve(desk, first)
            os.utime(exercise_of(desk, first), (1, 1))
    monkeypatch.setattr(verb.time, "sleep", sleep)
    assert main(["lesson", "watch", "1"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("Lesson 1, ") == 2 and shown.count("WRONG") == 3 and "Solved" in shown and len(waits) == 2

    def interrupt(seconds):
        raise KeyboardInterrupt
    monkeypatch.setattr(verb.time, "sleep", interrupt)
    assert main(["lesson", "watch", "2"]) == 1


def test_reset_keeps_what_was_written(desk, capsys):
    """The exercise is as it came, and each earlier attempt lies beside it."""
    first = all_lessons()[0]
    main(["lesson", "check", "1"])
    for attempt in ("one", "two"):
        exercise_of(desk, first).write_text(f"# {attempt}")
        capsys.readouterr()
        assert main(["lesson", "reset", "1"]) == 0
        assert "is as it came" in capsys.readouterr().out
        assert exercise_of(desk, first).read_bytes() == first.original.read_bytes()
    assert (desk / first.name / "exercise-1.py").read_text() == "# one"
    assert (desk / first.name / "exercise-2.py").read_text() == "# two"


def test_what_is_solved_is_not_run_again(desk, capsys):
    """A solved exercise that is broken later does not stand in the way; named by its number, it is checked again."""
    first = all_lessons()[0]
    main(["lesson", "check", "1"])
    solve(desk, first)
    assert main(["lesson", "check", "1"]) == 0
    exercise_of(desk, first).write_text("1 +")
    assert main(["lesson", "check"]) == 1
    capsys.readouterr()
    assert main(["lesson", "check", "1"]) == 1
    assert f"{exercise_of(desk, first).relative_to(desk.parent)}, line 1: SyntaxError" in capsys.readouterr().out


def test_mistakes_are_named_by_line(desk, capsys):
    """An exception of the exercise names its line in the learner's file."""
    first = all_lessons()[0]
    main(["lesson", "check", "1"])
    solve(desk, first)
    text = exercise_of(desk, first).read_text().replace("dy.sum(axis=0)", "dy.sum(axis=1)")
    exercise_of(desk, first).write_text(text)
    line = 1 + text[:text.index("axis=1")].count("\n")
    capsys.readouterr()
    assert main(["lesson", "check"]) == 1
    shown = capsys.readouterr().out
    assert f"exercise.py, line {line}: ValueError" in shown and shown.count("ValueError") == 1
    exercise_of(desk, first).write_text("exit(3)")
    assert main(["lesson", "check"]) == 1
    assert "exercise.py, line 1: SystemExit" in capsys.readouterr().out


def test_forward_stays_minisats(desk, capsys):
    """An exercise that brings its own forward is not accepted: any pair of passes could agree with each other."""
    first = all_lessons()[0]
    main(["lesson", "check", "1"])
    exercise_of(desk, first).write_text(
        "from minisat.nn import Linear\nfrom minisat.nn.linear import LinearCache\n\n\nclass Affine(Linear):\n"
        "    def forward(self, x):\n        return x[:, :1] * 0.0, LinearCache(x)\n\n"
        "    def backward(self, dy, cache):\n        return cache.x * 0.0\n")
    capsys.readouterr()
    assert main(["lesson", "check"]) == 1
    assert "leave forward to minisat" in capsys.readouterr().out


def test_hints_and_the_solution(desk, capsys):
    """One hint more each time, up to the last; the solution is printed."""
    for count in (1, 2, 3, 3):
        assert main(["lesson", "hint", "1"]) == 0
        shown = capsys.readouterr().out
        assert f"Hint {count} of 3" in shown and f"Hint {count + 1} of 3" not in shown
    assert "That was the last one" in shown
    assert main(["lesson", "solution", "1"]) == 0
    assert "x.T @ dy" in capsys.readouterr().out


def test_in_korean(desk, capsys):
    """The Korean page and its hints, nothing of which is run; what is not there yet comes in English, and says so."""
    assert main(["lesson", "run", "1", "--language", "ko"]) == 0
    shown = capsys.readouterr().out
    assert "연쇄 법칙" in shown and "연습 파일" in shown and "판을" not in shown
    assert main(["lesson", "hint", "1", "--language", "ko"]) == 0 and "힌트 1/3" in capsys.readouterr().out
    for ask in ("run", "hint"):
        assert main(["lesson", ask, "capstone-1", "--language", "ko"]) == 0 and "영어로" in capsys.readouterr().out


def test_build_writes_the_pages(tmp_path, capsys):
    """A lesson folder of one's own is built whole: page, figure, notebook, versions."""
    folder = tmp_path / "lessons" / "01_tiny"
    folder.mkdir(parents=True)
    (folder / "old.svg").write_text("")
    (folder / "exercise.py").write_text("y = 0.0\n")
    (folder / "lesson.py").write_text(
        "# %% [markdown]\n# # 1. Tiny\n#\n# With $x$.\n\n# %%\nfrom minisat.teaching import panels, show\n\n"
        "print('drawn')\nfigure, axis = panels()\naxis.plot([0, 1])\nshow(figure, 'line', 'a line that goes up')\n")
    assert main(["lesson", "build", "--lessons", str(folder.parent)]) == 0
    page = (folder / "README.md").read_text()
    assert "With $`x`$." in page and "```text\ndrawn\n```" in page and "![a line that goes up](line.svg)" in page
    assert "</svg>" in (folder / "line.svg").read_text() and not (folder / "old.svg").exists()
    cells = json.loads((folder / "lesson.ipynb").read_text())["cells"]
    assert [cell["cell_type"] for cell in cells] == ["code", "markdown", "code", "code", "markdown", "code", "code"]
    printed, drawn = cells[2]["outputs"][0], cells[3]["outputs"][0]
    assert printed["text"] == ["drawn\n"] and drawn["data"]["text/plain"] == ["a line that goes up"]
    assert cells[3]["metadata"]["jupyter"] == {"source_hidden": True} and "source" in cells[3]
    versions = (folder.parent / "built_with.txt").read_text().split()
    assert [line.split("==")[0] for line in versions] == ["numpy", "matplotlib"]


def test_comments_are_not_read_out(desk, tmp_path, capsys):
    """What a sentence rests on is for authors; on a terminal it is left out, over line ends too."""
    folder = tmp_path / "lessons" / "01_tiny"
    folder.mkdir(parents=True)
    (folder / "lesson.py").write_text(
        "# %% [markdown]\n# # 1. Tiny\n#\n# It rises.<!-- rests on:\n# b − a: above 0 --> So?\n")
    (folder / "exercise.py").write_text("")
    assert main(["lesson", "run", "1", "--lessons", str(folder.parent)]) == 0
    shown = capsys.readouterr().out
    assert "It rises. So?" in shown and "<!--" not in shown


def test_a_lesson_has_a_number_and_a_name(desk, capsys):
    """Either will do."""
    second = all_lessons()[1]
    shown = set()
    for name in ("2", "02", second.name, second.name[3:]):
        assert main(["lesson", "hint", name]) == main(["lesson", "solution", name]) == 0
        shown.add(capsys.readouterr().out.rpartition("minisat lesson solution 2")[2])
    assert len(shown) == 1 and "class " in shown.pop()


def test_names_rule_when_lessons_move(desk, capsys):
    """What was begun and solved under another number is found: file, notebook, progress; nothing is begun anew."""
    gates = find_lesson("gates", all_lessons())
    write_json(desk / "progress.json", {"solved": ["03_gates", "03_gates_transfer"], "hints": {"03_gates": 2}})
    begun = desk / "03_gates" / "exercise.py"
    begun.parent.mkdir()
    begun.write_text((gates.folder / "solution.py").read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["lesson", "check", "03_gates"]) == 0
    shown = capsys.readouterr().out
    assert "my_lessons/03_gates/exercise.py" in shown and "deeper" not in shown
    assert main(["lesson", "hint", "gates"]) == 0 and "Hint 3 of" in capsys.readouterr().out
    assert main(["lesson", "notebook", "gates"]) == 0
    assert [path.name for path in desk.iterdir() if path.is_dir()] == ["03_gates"]
    assert json.loads((desk / "progress.json").read_text()) == {"hints": {"gates": 3},
                                                                "solved": ["gates", "gates_transfer"]}


def test_every_lesson_that_moved_says_where():
    """Each row of lessons/moved.md names a lesson that is there, under its title."""
    lessons = {lesson.name: lesson for lesson in all_lessons()}
    text = (next(iter(lessons.values())).folder.parent / "moved.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| lessons/(\w+) \| \[lessons/(\w+)\]\((\w+)/README.md\) \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) == text.count("\n| lessons/") >= 16
    for old, new, address, title in rows:
        assert new == address and lessons[new].title == title and lessons[new].kept_as == old[3:] and old not in lessons


def test_mistakes_of_the_user_are_one_sentence(desk, tmp_path, capsys):
    """A number without a lesson, a folder without lessons, a progress file that is something else: exit code 2."""
    assert main(["lesson", "run", "99"]) == 2
    assert "There is no lesson 99" in capsys.readouterr().err
    assert main(["lesson", "run", "0"]) == 2
    assert "There is no lesson 0" in capsys.readouterr().err
    assert main(["lesson", "list", "--lessons", str(tmp_path / "nowhere")]) == 2
    assert "they come with minisat" in capsys.readouterr().err
    desk.mkdir()
    (desk / "progress.json").write_text("[]")
    assert main(["lesson", "list"]) == 2
    assert "progress.json must be a JSON object" in capsys.readouterr().err


def test_a_lesson_is_a_plain_script(desk):
    """`python lesson.py` runs it as a debugger would, and says where the figure is."""
    command = [sys.executable, str(all_lessons()[0].source)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=desk.parent)
    assert done.returncode == 0, done.stderr
    assert "figure: my_lessons/nudge.svg" in done.stdout and (desk / "nudge.svg").exists()
