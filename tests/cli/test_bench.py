"""`minisat bench`: every main step is timed, with nothing but this machine."""

import json

from minisat.cli import bench
from minisat.cli.main import main


def test_every_step_is_timed(monkeypatch, capsys):
    """A line each, and the same as JSON; the steps are made small here."""
    monkeypatch.setattr(bench, "GRIDS", {"mobilenet_v2": (4, 8)})
    monkeypatch.setattr(bench, "PHOTOS", 1)
    monkeypatch.setattr(bench, "CAPTIONS", 2)
    assert main(["bench", "--seconds", "0.001", "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    for what in ("features of photos, mobilenet_v2", "training, soft attention", "captions, beam 5", "skip-gram"):
        assert what in printed
    assert main(["bench", "--seconds", "0.001", "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 5 and all(each["per_second"] > 0 and each["device"] == "cpu" for each in found)


def test_a_step_is_done_after_a_warm_up_and_at_least_three_times():
    """The first call, which compiles and allocates, is not counted."""
    calls = []
    assert bench.seconds_of(lambda: calls.append(1), 0.0) >= 0
    assert len(calls) == 4


def test_no_time_is_no_benchmark(capsys):
    """One sentence and exit code 2."""
    for seconds, said in (("0", "must be above 0"), ("-1", "must be above 0"), ("nan", "finite"), ("inf", "finite")):
        assert main(["bench", f"--seconds={seconds}"]) == 2
        error = capsys.readouterr().err
        assert "--seconds: " in error and said in error, error
