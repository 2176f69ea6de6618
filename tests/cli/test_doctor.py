"""`minisat doctor`: what it finds, in words and as JSON."""

import json

import numpy as np

from minisat.cli import doctor
from minisat.cli.main import main
from minisat.vision.weights.catalogue import STANDARD


def test_all_is_well_here(capsys):
    assert main(["doctor"]) == 0
    printed = capsys.readouterr().out
    for word in ("python", "numpy", np.__version__, "BLAS threads", "cuda", "gradients of lstm_cell", "All is well."):
        assert word in printed


def test_json_has_the_same(capsys):
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["packages"]["numpy"] == np.__version__ and found["problems"] == []
    assert found["self-check"]["scatter_add on cpu"] == "ok"
    assert (found["GPU"]["problem"] is None) == (found["GPU"]["name"] is not None)


def test_missing_package_and_broken_check_are_problems(monkeypatch, capsys):
    """Exit code 1, and each broken thing in one line."""
    monkeypatch.setattr(doctor, "NEEDED", ("numpy", "no-such-package"))
    monkeypatch.setattr(doctor, "scatter_problem", lambda device: f"scatter_add on {device} is off by 1.0e+00")
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "no-such-package is not installed" in printed and "is off by 1.0e+00" in printed


def test_scatter_check_finds_a_lost_id(monkeypatch):
    """The self-check is one that fails when repeated ids are lost."""
    assert doctor.scatter_problem("cpu") is None

    def lossy(table, ids, rows):
        table[ids] += rows
    monkeypatch.setattr(doctor, "scatter_add", lossy)
    assert "is off by" in doctor.scatter_problem("cpu")


def test_the_next_useful_thing_follows_what_is_there(tmp_path, monkeypatch):
    """Nothing: the demo. After the demo: data, weights, features. A run: its page. Something broken: that first."""
    monkeypatch.setenv("MINISAT_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def touch(name):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    steps = [(None, "minisat demo"), ("runs/demo/run/config.json", "data fetch flickr8k"),
             ("Flickr8k/Flickr8k.token.txt", "weights fetch mobilenet_v2"),
             (f"weights/{STANDARD[0].file}", "minisat features"), ("runs/my first/config.json", "minisat features"),
             ("runs/my first/best.safetensors", "minisat serve 'runs/my first' --open")]
    for name, said in steps:
        if name:
            touch(name)
        assert said in doctor.next_step([], tmp_path)
    assert "mend that" in doctor.next_step(["numpy is not installed"], tmp_path)
