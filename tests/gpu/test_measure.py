"""The script for the day a GPU is there works: its short form, on the fake device."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.gpu
@pytest.mark.skipif(not os.environ.get("MINISAT_FAKE_CUDA"), reason="for the fake device: set MINISAT_FAKE_CUDA")
def test_measure_works_in_short(tmp_path):
    """Every section says something, none ends early, and what is not there (PyTorch on a GPU, CUDA's tools) is said."""
    sections = ["duel", "training", "speed", "sanitizer", "profile"]  # `check` would run these tests again
    done = subprocess.run([str(HERE / "measure.sh"), str(tmp_path / "out"), *sections], capture_output=True, text=True,
                          env=os.environ | {"MEASURE_SHORT": "1", "PYTHON": sys.executable})
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "measured.json").read_text(encoding="utf-8"))
    log = (tmp_path / "out" / "log.txt").read_text(encoding="utf-8")
    assert [row["section"] for row in found] and {row["section"] for row in found} == set(sections), log[-3000:]
    failed = [row for row in found if row["value"] is None]
    allowed = ("PyTorch", "torch.compile", "compute-sanitizer", "ncu")
    assert not [row for row in failed if not any(name in row["what"] for name in allowed)], log[-3000:]
    assert (tmp_path / "out" / "table.txt").read_text(encoding="utf-8").count("ms a step") >= 4
    bits = [row["value"] for row in found if "equal bits" in row["what"]]
    assert bits == [True]
