"""`minisat setup`: what it finds, what it fetches, and one sentence where there is no network."""

import json
import subprocess
import zipfile
from types import SimpleNamespace

import pytest

from minisat.cli import setup
from minisat.cli.main import main
from minisat.evaluation import find_resources
from minisat.evaluation.meteor.resources import usual_jars


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path):
    """No METEOR outside this test's folder."""
    monkeypatch.setattr("minisat.evaluation.meteor.resources.usual_jars", usual_jars)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def wheel_of(folder, complete=True):
    """A wheel in the layout of pycocoevalcap with a few invented entries."""
    jar = folder / "jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("function/english.words", "are\n")
        archive.writestr("synonym/english.synsets", "dog\n1\nhound\n1\n")
        archive.writestr("synonym/english.exceptions", "")
        archive.writestr("nonbreaking/english.prefixes", "")
    table = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"  # gzip of nothing
    with zipfile.ZipFile(folder / "pycocoevalcap-1.2-py3-none-any.whl", "w") as archive:
        archive.writestr("pycocoevalcap/meteor/meteor-1.5.jar", jar.read_bytes())
        archive.writestr("pycocoevalcap/meteor/data/paraphrase-en.gz", table)


def pip_that_works(command, **_):
    wheel_of(setup.Path(command[command.index("--dest") + 1]))
    return SimpleNamespace(returncode=0)


def test_without_anything_it_says_what_is_missing(capsys):
    assert main(["setup", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["meteor"] and not found["meteor"]["works"]
    assert found["meteor"]["score"] == "meteor_exact_stem" and "--fetch meteor" in found["meteor"]["about"]


def test_fetched_files_are_checked_and_found_from_then_on(monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "run", pip_that_works)
    assert main(["setup", "--fetch", "meteor"]) == 0
    assert "METEOR 1.5, exact, stem, synonym, paraphrase matches" in capsys.readouterr().out
    assert find_resources().key == "meteor"


def test_a_folder_of_ones_own_is_named_for_later(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(subprocess, "run", pip_that_works)
    assert main(["setup", "--fetch", "meteor", "--to", str(tmp_path / "mine")]) == 0
    assert f"export MINISAT_METEOR={tmp_path / 'mine' / 'meteor'}" in capsys.readouterr().out
    assert find_resources().key == "meteor_exact_stem"
    assert find_resources(tmp_path / "mine" / "meteor").key == "meteor"


def test_offline_is_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    assert main(["setup", "--fetch", "meteor", "--to", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1 and "offline" in captured.err


def test_a_wrong_place_is_one_sentence(tmp_path, capsys):
    assert main(["setup", "--meteor", str(tmp_path)]) == 2
    assert "There is no meteor-1.5.jar" in capsys.readouterr().err
