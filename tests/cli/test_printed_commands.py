"""Commands that are printed for a user to copy work as they stand, whatever blanks and quotes the names have."""

import io
import json
import re
import shlex
import shutil

import pytest
from small_trainings import train

from minisat.cli.main import main

SMALL = ["--embedding-size", "8", "--hidden-size", "8", "--attention-size", "8", "--min-count", "1", "--epochs", "1",
         "--beam", "1", "--device", "cpu"]


@pytest.fixture
def home(tmp_path):
    """A folder as people name theirs."""
    folder = tmp_path / "Ann's photos & captions; $HOME (2)"
    folder.mkdir()
    return folder


def printed(text, data=None):
    """The last command in a text, as a shell would cut it into words; DATA stands for the data set."""
    found = re.findall(r"minisat (?:train|evaluate|trace) [^\n`]*", text)[-1]
    assert not found.endswith(".")
    words = shlex.split(found)[1:]
    return [str(data) if word == "DATA" else word for word in words]


def test_a_training_that_goes_on(squares, store, home, capsys):
    shutil.copytree(squares, data := home / "data")
    assert train(data, "--features", store, "--run", home / "run", *SMALL, "--max-minutes", "1e-9") == 0
    words = printed(capsys.readouterr().out)
    assert words == ["train", str(data), "--run", str(home / "run"), "--resume"]
    assert main(words) == 0
    assert "Finished after 1 epoch" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["report", "compare"])
def test_captions_that_are_yet_to_be_made(tiny, home, capsys, verb):
    """What `report` and `compare` lack, the command that they print makes."""
    runs = [home / "a run", home / "another"]
    for run in runs:
        shutil.copytree(tiny.soft, run)
        (run / "metrics.jsonl").write_text(json.dumps({"kind": "epoch", "epoch": 1, "dev_loss": 3.0}) + "\n")
    words = {"report": ["report", *runs, "--out", home / "page.html"], "compare": ["compare", *runs]}[verb]
    for _ in runs:
        main(list(map(str, words)))
        captured = capsys.readouterr()
        making = printed(captured.out + captured.err, tiny.data)
        assert main([*making, "--no-yardsticks"]) == 0
    capsys.readouterr()
    assert main(list(map(str, words))) == 0
    assert "minisat evaluate" not in capsys.readouterr().out


def test_a_trace_to_step_through(tiny, home, capsys, monkeypatch):
    shutil.copytree(tiny.soft, home / "run")
    assert main(["trace", "record", "--run", str(home / "run"), "--out", str(home / "a step.json")]) == 0
    words = printed(capsys.readouterr().out)
    assert words == ["trace", "step", str(home / "a step.json")]
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(words) == 0
