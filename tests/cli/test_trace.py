"""`minisat trace` from recording to comparing."""

import json

from minisat.cli.main import main


def trace(*words):
    return main(["trace", *map(str, words)])


def test_a_run_is_recorded_checked_and_compared(tiny, tmp_path, capsys, monkeypatch):
    """record writes file and page, check finds no red frame, diff tells one seed from another."""
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    assert trace("record", "--run", tiny.soft, "--captions", 2, "--out", one, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["red"] == [] and result["frames"] > 50
    assert one.with_suffix(".html").stat().st_size < 3_000_000 and one.with_suffix(".npz").exists()
    assert trace("check", one) == 0
    said = capsys.readouterr().out
    assert "0 of" in said and "only in what it exercises" in said
    assert trace("record", "--run", tiny.told, "--captions", 1, "--no-checks", "--out", other) == 0
    assert trace("diff", one, one) == 0 and trace("diff", one, other) == 1
    assert trace("html", one, "--out", tmp_path / "page.html") == 0 and (tmp_path / "page.html").exists()
    photo = json.loads(one.read_text())["captions"][0]
    assert photo["photo"].startswith("data:image/jpeg") and len(photo["alphas"]) == len(photo["said"])


def test_mistakes_are_one_sentence(tmp_path, capsys):
    """A file that is missing or no trace: exit code 2."""
    assert trace("check", tmp_path / "none.json") == 2
    assert capsys.readouterr().err.startswith("minisat trace: Cannot read")


def test_what_cannot_be_recorded_is_said_in_one_sentence(tmp_path, capsys):
    """No caption, a negative seed, the page's name for the trace's: exit code 2 and nothing written."""
    out = tmp_path / "step.json"
    for words in (["--captions", 0], ["--captions", -2], ["--seed", -1], ["--out", tmp_path / "step.html"]):
        assert trace("record", "--no-checks", "--out", out, *words) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_page_does_not_take_the_traces_place(tmp_path, capsys):
    out = tmp_path / "step.json"
    assert trace("record", "--no-checks", "--captions", 1, "--out", out) == 0
    before = out.read_bytes()
    assert trace("html", out, "--out", out) == 2 and "the trace itself" in capsys.readouterr().err
    assert out.read_bytes() == before
