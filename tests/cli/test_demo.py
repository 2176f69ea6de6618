"""The demo: everything it promises lies there, what it prints is measured, and it goes on after an interruption."""

import json
import re

import pytest

from minisat.cli import demo
from minisat.cli.main import main
from minisat.files import write_text
from minisat.teaching.desk import Desk
from minisat.teaching.shelf import all_lessons


@pytest.fixture
def tiny(monkeypatch):
    """A world of few scenes, one epoch, one figure of the looks."""
    monkeypatch.setattr(demo, "SCENES", {"train": 40, "dev": 6, "test": 8})
    monkeypatch.setattr(demo, "FIGURES", 1)
    small = demo.read_recipe("demo") | {"epochs": 1, "hidden_size": 8, "embedding_size": 8}
    monkeypatch.setattr(demo, "read_recipe", lambda name: small)


def numbers(printed):
    """(BLEU-4, ceiling, pointing game) as the demo prints them."""
    words = re.search(r"BLEU-4 ([\d.]+); a perfect speaker of the grammar gets ([\d.]+)", printed)
    return float(words[1]), float(words[2]), float(re.search(r"attention of ([\d.]+) of the", printed)[1])


def test_demo_leaves_what_it_promises(tiny, tmp_path, capsys):
    out = tmp_path / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    reached, ceiling, _ = numbers(printed)
    scores = json.loads((out / "run" / "scores-test.json").read_text())
    assert reached == pytest.approx(scores["corpus"]["bleu_4"], abs=0.0006)
    assert 0.5 < ceiling < 1
    for path in ("run/gallery-test.html", "run/plots/curves.png", "attention/test_00000.png", "run/best.safetensors"):
        assert (out / path).stat().st_size > 0
    page = (out / "index.html").read_text(encoding="utf-8")
    for linked in re.findall(r'<a href="([^"]+)"', page):
        assert (out / linked).is_file()
    assert f"{reached:.3f}" in page and page.count("<a href") == 4
    assert page.count("<img") == 1 + len(list((out / "attention").iterdir()))  # a caption without words has no figure
    following = printed.partition("What next?")[2]
    for step in (f"serve {out / 'run'} --open", f"trace record --run {out / 'run'}", "lesson open"):
        assert f"  minisat {step}" in following
    weights = (out / "run" / "best.safetensors").read_bytes()
    assert main(["demo", "--out", str(out)]) == 0  # again: nothing is trained twice, the figures are the same
    assert numbers(capsys.readouterr().out) == numbers(printed)
    assert (out / "run" / "best.safetensors").read_bytes() == weights
    assert main(["demo", "--out", str(out), "--seed", "1"]) == 2
    assert "another seed" in capsys.readouterr().err


@pytest.mark.slow
def test_demo_learns_to_speak_and_to_look(tmp_path, capsys):
    """The real thing: 0.90 of the ceiling in words, 0.80 in the pointing game, on scenes never seen."""
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    reached, ceiling, looks = numbers(capsys.readouterr().out)
    assert reached >= 0.9 * ceiling and looks >= 0.8


def solved(folder, names):
    """A learner's folder in which the exercises of these lessons are solved."""
    desk = Desk(folder)
    for lesson in all_lessons():
        if lesson.kept_as in names:
            write_text(desk.exercise(lesson), (lesson.folder / "solution.py").read_text(encoding="utf-8"))
            desk.solve(lesson)
    return desk


def test_with_ones_own_layers(tiny, tmp_path, capsys, monkeypatch):
    """Each solved layer is named, with how many of the captioner it is; the folder remembers whose it holds."""
    monkeypatch.setattr(demo, "SCENES", {"train": 10, "dev": 2, "test": 4})
    solved(tmp_path / "mine", {"nudge", "look_up", "gates"})
    out = tmp_path / "own"
    assert main(["demo", "--mine", str(tmp_path / "mine"), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert dict(re.findall(r"yours +(\w+) +for (\w+)", printed)) == {
        "Affine": "Linear", "LookUp": "Embedding", "Gates": "LSTMCell"}
    assert re.search(r"minisat's +\w+, .*Softmax", printed) and (out / "run" / "gallery-test.html").exists()
    assert main(["demo", "--out", str(out)]) == 2
    assert "holds a demo with layers of yours" in capsys.readouterr().err


def test_only_what_is_solved_is_used(tiny, tmp_path, capsys, monkeypatch):
    """Nothing solved: one sentence. Solved once and broken since: said, and minisat's layer is taken."""
    assert main(["demo", "--mine", str(tmp_path / "mine"), "--out", str(tmp_path / "out")]) == 2
    assert "There is no solved exercise" in capsys.readouterr().err
    desk = solved(tmp_path / "mine", {"nudge", "look_up"})
    desk.exercise(all_lessons()[0]).write_text("1 +")
    monkeypatch.setattr(demo, "train_with", lambda layers, *paths: (yield f"with {len(layers)}") or "interrupted")
    assert main(["demo", "--mine", str(tmp_path / "mine"), "--out", str(tmp_path / "out")]) == 130
    printed = capsys.readouterr().out
    assert "Lesson 1 was solved, and is not any more" in printed and "with 1" in printed
