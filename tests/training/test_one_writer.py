"""A run folder has one writer at a time, and training ends when the folder is gone."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from small_trainings import SMALL, fails

from minisat.captioner import Recipe
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.training import Run, assemble
from minisat.vision import View


def trainer(squares, store, folder, epochs=3, **options):
    view = Run.open(folder).config.view if Run.exists(folder) else View.of_store(store)
    return assemble(read_dataset(squares), folder, Recipe.from_dict({**SMALL, "epochs": epochs}), view, **options)[0]


def test_a_second_training_is_refused_from_the_command_line_and_in_python(squares, store, tmp_path, capsys):
    """`train --resume` beside a training: one sentence before anything is read, and the run is not touched."""
    run = tmp_path / "run"
    first = trainer(squares, store, run)
    second = trainer(squares, store, run)
    before = sorted(path.name for path in run.iterdir())
    with first.run.locked():
        error = fails(capsys, tmp_path / "no data at all", "--run", run, "--resume")
        assert "Another process is writing into" in error
        with pytest.raises(UserError, match="Another process is writing into"):
            second.fit()
    assert sorted(path.name for path in run.iterdir()) == before
    first.fit()
    assert not (run / ".lock").exists() and [line["epoch"] for line in Run.open(run).metrics()] == [1, 2, 3]


def test_two_at_once_one_runs_and_one_refuses(squares, store, tmp_path):
    """Two processes resume one run: the first goes on, the second ends with one sentence and 2."""
    run = tmp_path / "run"
    trainer(squares, store, run, epochs=400)
    command = [sys.executable, "-m", "minisat", "train", str(squares), "--run", str(run), "--resume",
               "--device", "cpu"]
    one = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while not (run / "metrics.jsonl").exists() and time.monotonic() < end:
        time.sleep(0.05)
    other = subprocess.run(command, capture_output=True, text=True)
    assert one.poll() is None
    one.kill()
    one.communicate()
    assert other.returncode == 2 and other.stderr.count("\n") == 1 and "Another process is writing" in other.stderr


def test_a_folder_that_vanishes_ends_training_with_one_sentence(squares, store, tmp_path):
    """Whether all of it goes or its config.json; nothing is made in its place."""
    for name, remove in (("all", shutil.rmtree), ("config", lambda folder: os.remove(folder / "config.json"))):
        def report(event, run=tmp_path / name, remove=remove, **values):
            if event == "epoch":
                remove(run)
        with pytest.raises(UserError, match="is gone, or its config.json: training stops here"):
            trainer(squares, store, tmp_path / name, report=report).fit()
        assert not (tmp_path / name / "last.safetensors").exists()
    assert not (tmp_path / "all").exists()


def test_evaluates_unfinished_files_are_left_alone(squares, store, tmp_path):
    """What training tidies is its own, and what nobody can be writing any more."""
    run = trainer(squares, store, tmp_path / "run").run
    theirs, old, own = (run.folder / f".{name}.7.partial" for name in ("captions-dev.json", "scores-dev.json",
                                                                     "last.safetensors"))
    for path in (theirs, old, own):
        path.write_text("x")
    os.utime(old, (0, 0))
    (run.folder / "samples").mkdir()
    (run.folder / "samples" / ".epoch-001.txt.7.partial").write_text("x")
    run.tidy()
    assert list(run.folder.rglob("*.partial")) == [theirs]
