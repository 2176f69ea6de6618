"""Run folders: made once, opened again, a log that can be cut."""

import json
from dataclasses import replace

import pytest

from minisat.captioner import Recipe
from minisat.errors import UserError
from minisat.text import Vocabulary
from minisat.training import Run, RunConfig
from minisat.vision import Preprocessing, View

VOCABULARY = Vocabulary.build([["a", "b"]], min_count=1)
VIEW = View("toy_cnn", "conv4", 4, 3, Preprocessing(), None, None, store="store", after="conv4")
CONFIG = RunConfig(VIEW, Recipe(), 6, 1.5, None, None)


def test_create_and_open(tmp_path):
    """config, vocabulary and environment come back; a second run in the folder is refused."""
    Run.create(tmp_path / "run", CONFIG, VOCABULARY)
    run = Run.open(tmp_path / "run")
    assert run.config == replace(CONFIG, vocabulary_hash=VOCABULARY.fingerprint)
    assert run.vocabulary().words == VOCABULARY.words
    assert json.loads((run.folder / "environment.json").read_text())["packages"]["numpy"]
    with pytest.raises(UserError, match="already holds a run"):
        Run.create(tmp_path / "run", replace(CONFIG, V=7), VOCABULARY)
    assert Run.open(tmp_path / "run").config.V == 6


def test_places_that_hold_no_run(tmp_path):
    """Nothing there, a file there, a damaged config: one sentence each."""
    with pytest.raises(UserError, match="no run"):
        Run.open(tmp_path / "nothing")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="file"):
        Run.create(tmp_path / "file", CONFIG, VOCABULARY)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(UserError, match="not JSON"):
        Run.open(tmp_path)


def test_log(tmp_path):
    """Lines come back in order; a torn last line is left out; cutting forgets what came after."""
    run = Run.create(tmp_path / "run", CONFIG, VOCABULARY)
    assert run.metrics() == [] and run.log_size() == 0
    run.log(kind="epoch", epoch=1, loss=0.1)
    size = run.log_size()
    run.log(kind="epoch", epoch=2, loss=0.2)
    with open(run.folder / "metrics.jsonl", "a") as file:
        file.write('{"kind": "ep')
    assert [line["epoch"] for line in run.metrics()] == [1, 2]
    run.cut_log(size)
    assert [line["epoch"] for line in run.metrics()] == [1] and run.log_size() == size
    run.cut_log(10**6)
    assert run.log_size() == size


def test_tidy_removes_only_unfinished_files(tmp_path):
    """What a killed process left half-written goes; the rest stays."""
    run = Run.create(tmp_path / "run", CONFIG, VOCABULARY)
    (run.folder / ".last.safetensors.123.partial").write_bytes(b"half")
    run.tidy()
    assert sorted(path.name for path in run.folder.iterdir()) == ["config.json", "environment.json", "vocabulary.json"]
