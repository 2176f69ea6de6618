"""`minisat report`: one page of several runs, from what lies in their folders."""

import json
import shutil

import pytest

from minisat.cli.main import main
from minisat.files import read_json, write_json


@pytest.fixture
def runs(tiny, tmp_path):
    """Copies of two untrained runs, as if trained for two epochs, evaluated on dev."""
    folders = []
    for name, bleu in (("soft", 0.125), ("told", 0.0625)):
        folder = tmp_path / name
        shutil.copytree(tiny.folder / name, folder)
        lines = [{"kind": "step", "step": 1, "loss": 9.0}]
        lines += [{"kind": "epoch", "epoch": epoch, "dev_loss": 4.5 - epoch, "bleu_4": bleu * epoch, "best": True,
                   "seconds": 90.0 * epoch} for epoch in (1, 2)]
        (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        assert main(["evaluate", str(folder), tiny.data, "--split", "dev", "--beam", "1", "--no-yardsticks"]) == 0
        folders.append(str(folder))
    return folders


def test_the_page_says_it_all(runs, tiny, tmp_path, capsys):
    """Curves, figures of the best epoch, scores with intervals, what differs, and the photos; nothing from outside."""
    assert main(["report", *runs, "--out", str(tmp_path / "page.html"), "--photos", "2"]) == 0
    assert "page.html" in capsys.readouterr().out
    page = (tmp_path / "page.html").read_text()
    assert "<td>soft</td>" in page and "<td>told</td>" in page
    assert '<td class="number">2.500</td><td class="number">25.0</td><td class="number">3</td>' in page
    assert "<td>model</td><td><span>soft-attention</span></td><td><span>show-and-tell</span></td>" in page
    assert "<td>cell</td>" not in page
    assert "Scores on dev" in page and "BLEU-4" in page and "image/svg+xml" in page
    assert page.count("data:image/jpeg") == 2 and sum(name in page for name in tiny.dev) == 2
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_missing_is_left_out(tiny, tmp_path, capsys):
    """A run that was neither trained nor evaluated, whose photos are gone: a page with what there is, and a hint."""
    shutil.copytree(tiny.folder / "soft", tmp_path / "bare")
    config = json.loads((tmp_path / "bare" / "config.json").read_text())
    write_json(tmp_path / "bare" / "config.json", config | {"data": str(tmp_path / "nowhere")})
    assert main(["report", str(tmp_path / "bare"), "--out", str(tmp_path / "page.html")]) == 0
    assert "no scores yet: minisat evaluate" in capsys.readouterr().out
    page = (tmp_path / "page.html").read_text()
    assert "1 run side by side" not in page and "The same photos" not in page and "Scores on" not in page


def test_photos_may_be_gone(runs, tmp_path):
    """Captions are shown without pictures where the data set is no longer there."""
    for folder in runs:
        config = json.loads((tmp_path / folder / "config.json").read_text())
        write_json(tmp_path / folder / "config.json", config | {"data": str(tmp_path / "nowhere")})
    assert main(["report", *runs, "--out", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text()
    assert "The same photos" in page and "data:image/jpeg" not in page


def test_runs_of_one_name_are_told_apart(runs, tmp_path):
    """By as much of their paths as it takes."""
    other = tmp_path / "other" / "soft"
    shutil.copytree(runs[0], other)
    assert main(["report", runs[0], str(other), "--out", str(tmp_path / "page.html"), "--photos", "0"]) == 0
    page = (tmp_path / "page.html").read_text()
    assert f"<td>{tmp_path.name}/soft</td>" in page and "<td>other/soft</td>" in page
    assert "Nothing: their recipes" in page


def test_a_folder_without_a_run_is_one_sentence(tmp_path, capsys):
    """Exit code 2."""
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err


def test_photos_of_one_name_with_other_references_are_no_pair(runs, tmp_path, capsys):
    """They are left out and counted, on the page and in the terminal, and the scores are not called comparable."""
    file = tmp_path / "told" / "references-dev.json"
    references = read_json(file)
    stranger = next(iter(references))
    write_json(file, references | {stranger: ["an orange ball"]})
    assert main(["report", *runs, "--out", str(tmp_path / "page.html")]) == 0
    said, page = capsys.readouterr().out, (tmp_path / "page.html").read_text()
    for text in (said, page):
        assert f"1 of {len(references)} photos are left out" in text and "scores cannot be compared" in text
    assert stranger not in page and all(name in page for name in references if name != stranger)
    write_json(file, {name: ["an orange ball"] for name in references})
    assert main(["report", *runs, "--out", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text()
    assert "The same photos" in page and "data:image/jpeg" not in page and "photos are left out" in page


def test_the_split_that_is_there_is_taken_and_another_is_missed_aloud(runs, tmp_path, capsys):
    """Without --split: dev, else what all have; with it, or where the runs share none, a sentence and a command."""
    for folder in runs:
        for kind in ("captions", "references", "scores"):
            file = tmp_path / folder / f"{kind}-dev.json"
            file.rename(file.with_name(f"{kind}-test.json"))
    page = tmp_path / "page.html"
    assert main(["report", *runs, "--out", str(page)]) == 0
    assert "Of test: those on which the runs differ most." in page.read_text()
    assert main(["report", *runs, "--out", str(page), "--split", "dev"]) == 0
    sentence = f"Left out: {runs[0]} has no captions of dev. Make them: minisat evaluate {runs[0]} DATA --split dev"
    assert sentence in page.read_text() and sentence in capsys.readouterr().out
    (tmp_path / "told" / "captions-test.json").unlink()
    assert main(["report", *runs, "--out", str(page)]) == 0
    assert "the runs have captions of no split in common" in capsys.readouterr().out


def test_one_run_makes_sense_alone(runs, tmp_path):
    """Its name, its settings, some of its photos: nothing about differences."""
    assert main(["report", runs[0], "--out", str(tmp_path / "page.html"), "--photos", "1"]) == 0
    page = (tmp_path / "page.html").read_text()
    assert "<h1>The run soft</h1>" in page and "Its settings" in page and "<td>hidden_size</td>" in page
    assert "Some photos" in page and "data:image/jpeg" in page
    assert "differ" not in page and "The same photos" not in page
