"""The ablation of tests/benchmarks runs from nothing to its table on a tiny data set, and goes on after a stop."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "bench_word_vectors_ablation.py"


@pytest.mark.slow
def test_ablation(squares, store, tmp_path):
    out = tmp_path / "ablation"
    command = [sys.executable, str(SCRIPT), str(squares), str(store), "--out", str(out), "--methods", "random", "cbow",
               "--size", "8", "--epochs", "3", "--min-count", "1", "--seeds", "0", "1", "--vector-epochs", "1"]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while not list(out.glob("results/*.json")):
        time.sleep(0.1)
    first.send_signal(signal.SIGTERM)
    assert first.wait(300) == 130
    there = {path: path.stat().st_mtime_ns for path in out.glob("results/*.json")}
    assert there and len(there) < 8
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert all(path.stat().st_mtime_ns == before for path, before in there.items())
    table = (out / "table.md").read_text()
    assert done.endswith("\n" + table + "\n")
    assert [line.split("|")[1:3] for line in table.splitlines()[2:]] == [
        [f" {method} ", f" {embedding} "] for method in ("random", "cbow") for embedding in ("tuned", "frozen")]
    assert table.splitlines()[2].count(" ± ") == 4
    config = json.loads((out / "runs" / "cbow-frozen-1" / "config.json").read_text())
    assert config.recipe.freeze_embedding == -1 and config.word_vectors.coverage == 1
    assert "Finished after 3 epochs" in (out / "logs" / "cbow-frozen-1.log").read_text()
