"""Numeric flags: each has its range, and nothing outside it is taken."""

import pytest

from minisat.cli.main import main

FLAGS = [("train", ["D", "--features", "S", "--run", "R"], ["--save-every", "--max-minutes", "--save-minutes"]),
         ("evaluate", ["R", "D"], ["--limit", "--retrieval"]), ("report", ["R"], ["--photos"]),
         ("bench", [], ["--seconds"]), ("classify", ["P", "--weights", "W"], ["--top"]),
         ("compare", ["A", "B"], ["--rounds", "--seed", "--photos"]), ("demo", [], ["--seed"]),
         ("gradcheck", [], ["--seed"]), ("serve", ["R"], ["--port"]),
         ("features", ["D", "--encoder", "toy_cnn", "--out", "S"], ["--batch", "--threads"]),
         ("trace", ["record", "--out", "t.json"], ["--captions", "--seed"]),
         ("trace", ["diff", "a", "b"], ["--tolerance", "--most"]),
         ("data", ["stats", "D", "--out", "O"], ["--min-count"]),
         ("word2vec", ["neighbours", "V", "w"], ["--count"]),
         ("word2vec", ["plot", "V", "--out", "O"], ["--count", "--neighbours"])]


@pytest.mark.parametrize("verb, rest, flag", [(verb, rest, flag) for verb, rest, flags in FLAGS for flag in flags])
def test_no_flag_takes_nonsense(verb, rest, flag, capsys, tmp_path, monkeypatch):
    """Exit code 2 and one sentence that names the flag, before anything is read or made."""
    monkeypatch.chdir(tmp_path)
    for value in ("-3", "nan", "inf", "x", ""):
        assert main([verb, *rest, f"{flag}={value}"]) == 2
        error = capsys.readouterr().err.strip()
        assert error.startswith(f"minisat {verb}: argument {flag}: must be ") and "\n" not in error
    assert not list(tmp_path.iterdir())
