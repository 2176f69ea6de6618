"""`minisat score`: what it prints, and one sentence and exit code 2 for what it cannot score."""

import json
import os

import pytest

from minisat.cli.main import main
from minisat.evaluation import find_resources, score_captions

CAPTIONS = {"1.jpg": "a brown dog runs through the grass", "2.jpg": "two people on a bench"}
REFERENCES = {"1.jpg": ["A brown dog runs through the green grass."], "2.jpg": ["Two people sit on a bench."]}


@pytest.fixture
def files(tmp_path):
    def write(captions=CAPTIONS, references=REFERENCES):
        paths = tmp_path / "captions.json", tmp_path / "references.json"
        for path, value in zip(paths, (captions, references)):
            path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return [str(path) for path in paths]
    return write


def test_json_is_what_score_captions_gives(files, capsys):
    assert main(["score", *files(), "--json", "--tokenizer", "simple"]) == 0
    assert json.loads(capsys.readouterr().out) == score_captions(CAPTIONS, REFERENCES, "simple", find_resources())


def test_the_table_is_for_people(files, capsys):
    assert main(["score", *files()]) == 0
    out = capsys.readouterr().out
    assert "tokenizer ptb" in out and "BLEU-4" in out and "no brevity penalty" in out


@pytest.mark.parametrize("captions, references", [
    ({}, {}), ("", REFERENCES), ("{", REFERENCES), (["a"], REFERENCES), ({"1.jpg": "a"}, REFERENCES),
    (CAPTIONS, {"1.jpg": ["a"]}), (CAPTIONS, {"1.jpg": "a", "2.jpg": "b"}), ({"1.jpg": 3, "2.jpg": "b"}, REFERENCES),
])
def test_mistakes_are_one_sentence_and_exit_code_2(files, capsys, captions, references):
    assert main(["score", *files(captions, references)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1
    assert captured.err.startswith("minisat score: ")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_a_device_is_named_and_not_read(files, capsys):
    """/dev/zero has no end."""
    for words in (["/dev/zero", "x"], [files()[0], "/dev/zero"]):
        assert main(["score", *map(str, words)]) == 2
        error = capsys.readouterr().err
        assert "Cannot read /dev/zero: it is a device" in error and error.count("\n") == 1


def test_a_missing_file_is_named(files, capsys):
    assert main(["score", "nowhere.json", files()[1]]) == 2
    assert "nowhere.json" in capsys.readouterr().err
