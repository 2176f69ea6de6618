"""`minisat trace` from recording to comparing."""

import json
import shutil

from minisat.cli.main import main


def trace(*words):
    return main(["trace", *map(str, words)])


def test_a_run_is_recorded_checked_and_compared(tiny, tmp_path, capsys, monkeypatch):
    """record writes file and page, check finds no red frame, diff tells one seed from another."""
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    assert trace("record", "--run", tiny.soft, "--captions", 2, "--out", one, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["red"] == [] and result["frames"] > 50
    assert one.with_suffix(".html").stat().st_size < 3_000_000
    assert not one.with_suffix(".npz").exists() and result["bytes"][str(one)] == one.stat().st_size
    assert trace("check", one) == 0
    said = capsys.readouterr().out
    assert "0 of" in said and "only in what it exercises" in said
    assert trace("record", "--run", tiny.told, "--captions", 1, "--no-checks", "--arrays", "--out", other) == 0
    assert other.with_suffix(".npz").exists() and f"{other.with_suffix('.npz')} (" in capsys.readouterr().out
    assert trace("diff", one, one) == 0 and trace("diff", one, other) == 1
    assert trace("html", one, "--out", tmp_path / "page.html") == 0 and (tmp_path / "page.html").exists()
    photo = json.loads(one.read_text())["captions"][0]
    assert photo["photo"].startswith("data:image/jpeg") and len(photo["alphas"]) == len(photo["said"])


def test_why(tiny, tmp_path, capsys):
    """The sum, where its terms were made, as text and as JSON; in full precision where the arrays lie beside."""
    out = tmp_path / "step.json"
    assert trace("record", "--run", tiny.soft, "--captions", 1, "--no-checks", "--arrays", "--out", out) == 0
    capsys.readouterr()
    assert trace("why", out, "score backward", "dW_h[1,2]", "--terms", 1) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("attend.score backward") and said[1].startswith("dW_h[1,2] = Σ_n h[n,1]·dquery[n,2] = ")
    assert said[2].startswith("  h[0,1]") and "cell forward: h[0,1]" in said[2] and said[3].endswith("made here")
    assert trace("why", out, "score backward", "dW_h[1,2]", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    terms = sum(term["value"] for term in facts["terms"]) + facts["rest"]
    assert abs(terms - facts["value"]) <= 1e-5 * max(abs(term["value"]) for term in facts["terms"])
    for frame, entry, problem in (("score backward", "dQ", "has no 'dQ': ask for an entry of dscores"),
                                  ("9999", "x", "No frame"), ("score backward", "dW_h[1]", "ask for one entry")):
        assert trace("why", out, frame, entry) == 2 and problem in capsys.readouterr().err


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


def test_without_a_run_it_is_of_a_captioner_that_has_learnt(tmp_path, monkeypatch, capsys):
    """--fresh is of one that has not, and of its CNN too."""
    monkeypatch.setattr("minisat.teaching.learnt_step.EPOCHS", 1)
    out = tmp_path / "step.json"
    for words, paths in (([], {"TeacherForcing", "captioner"}), (["--fresh"], {"Through", "sight.encoder.conv1"})):
        assert trace("record", *words, "--no-checks", "--out", out) == 0
        assert paths <= {frame["path"] for frame in json.loads(out.read_text())["frames"]}
        assert ("learns in the toy world" in capsys.readouterr().out) == (not words)


def test_a_page_does_not_take_the_traces_place(tmp_path, capsys):
    out = tmp_path / "step.json"
    assert trace("record", "--fresh", "--no-checks", "--captions", 1, "--out", out) == 0
    before = out.read_bytes()
    assert trace("html", out, "--out", out) == 2 and "the trace itself" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_a_run_is_recorded_with_the_captions_that_it_learned_from(tiny, tmp_path, capsys):
    """Spelling repaired as its recipe says, what is empty or too long left out, whole photos among it; read once."""
    data = tmp_path / "data"
    shutil.copytree(tiny.data, data)
    (data / "captions.txt").unlink()
    (data / "captions.csv").write_text("image,caption,split\n" + "".join(f"{line},train\n" for line in (
        "00.jpg,. .", "01.jpg,a red ball above a blue box left of the green ball", "02.jpg,...", "02.jpg,a gren ball .",
        "03.jpg,the blue box")), encoding="utf-8")
    recorded = {}
    for repair in (True, False):
        run = shutil.copytree(tiny.soft, tmp_path / f"run-{repair}")
        config = json.loads((run / "config.json").read_text())
        config["data"], config["recipe"]["repair_spelling"] = str(data), repair
        (run / "config.json").write_text(json.dumps(config))
        assert trace("record", "--run", run, "--captions", 2, "--no-checks", "--out", tmp_path / "step.json") == 0
        captions = json.loads((tmp_path / "step.json").read_text())["captions"]
        recorded[repair] = sorted(" ".join(caption["said"][:-1]) for caption in captions)
    assert recorded == {True: ["a green ball", "the blue box"], False: ["a <unk> ball", "the blue box"]}
    (data / "captions.csv").write_text("image,caption,split\n00.jpg,. .,train\n", encoding="utf-8")
    capsys.readouterr()
    assert trace("record", "--run", run, "--no-checks", "--out", tmp_path / "step.json") == 2
    assert "no training photo with a caption that the run learns from" in capsys.readouterr().err
