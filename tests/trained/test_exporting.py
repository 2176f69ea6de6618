"""A run made one file: it captions as the run does, is taken where a run is, and is not trusted."""

import json
import shutil

import numpy as np
import pytest

import minisat
from minisat.cli.main import main
from minisat.errors import UserError
from minisat.files import write_text
from minisat.trained.exporting import export
from minisat.training import ExportedRun, load_checkpoint, save_checkpoint
from minisat.training.exported import digest, halved


@pytest.fixture(scope="module")
def given(tiny, tmp_path_factory):
    """{name: file} of exported runs: from features, with neighbours; from photos; and Show and Tell without dev."""
    folder = tmp_path_factory.mktemp("given")
    shutil.copytree(tiny.soft, folder / "soft")
    minisat.load(str(folder / "soft"), device="cpu").remember(tiny.data)
    (folder / "soft" / "scores-dev.json").write_text(json.dumps(
        {"corpus": {"bleu_4": 0.25, "cider_d": 0.5}, "decoding": "beam 5", "images": 2}))
    export(str(folder / "soft"), folder / "soft.safetensors", photos=0)
    export(tiny.along, folder / "along.safetensors", photos=0, neighbours=False, terms="Mine.")
    shutil.rmtree(folder / "soft")   # the file stands alone
    return {name: folder / f"{name}.safetensors" for name in ("soft", "along")}


@pytest.mark.parametrize("name", ["soft", "along"])
def test_it_captions_as_the_run_does(name, tiny, given):
    """Words equal, log-probabilities and looks near: the captioner's matrices are rounded to float16."""
    run, file = (minisat.load(str(place), device="cpu") for place in (getattr(tiny, name), given[name]))
    for photo in sorted(tiny.photos.iterdir())[:5]:
        ours, theirs = run.caption(photo, beam=3, n_best=2), file.caption(photo, beam=3, n_best=2)
        assert theirs.words == ours.words
        np.testing.assert_allclose(theirs.logprobs, ours.logprobs, atol=0.03)
        np.testing.assert_allclose(theirs.attention, ours.attention, atol=0.01)
    assert file.vocabulary.words == run.vocabulary.words and file.recipe == run.recipe


def test_every_verb_that_takes_a_run_takes_it(tiny, given, tmp_path, monkeypatch, capsys):
    """caption, evaluate (beside the file), consensus, an ensemble, train --start; others say that they need a folder.
    """
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)   # METEOR's large table would take its time
    photo, file = str(sorted(tiny.photos.iterdir())[0]), str(shutil.copy(given["soft"], tmp_path / "mine.safetensors"))
    assert main(["caption", file, photo, "--consensus", "--neighbours", "3", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["neighbours"]) == 3
    assert main(["caption", file, photo, "--ensemble", tiny.soft]) == 0
    assert main(["evaluate", file, tiny.data, "--no-yardsticks", "--beam", "1"]) == 0
    assert (tmp_path / "mine" / "scores-dev.json").is_file()
    on = str(tmp_path / "on")
    assert main(["train", tiny.data, "--features", tiny.store, "--start", file, "--run", on, "--epochs", "1",
                 "--no-neighbours", "--beam", "1"]) == 0
    assert json.loads((tmp_path / "on" / "config.json").read_text())["start"]["run"] == file
    capsys.readouterr()
    for arguments, sentence in ((["report", file], "is a file, and this needs a run's folder"),
                                (["caption", file, photo, "--which", "last"], "has its best weights alone"),
                                (["caption", file, photo, "--weights", file], "brings its encoder along"),
                                (["caption", str(given["along"]), photo, "--consensus"], "exported without the"),
                                (["run", "export", file, "--out", str(tmp_path / "x.safetensors")], "already"),
                                (["run", "export", tiny.soft, "--out", str(tmp_path / "x.bin")], "should end in")):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert sentence in error and error.count("\n") == 1, error


def test_the_command_holds_it_against_the_run(tiny, tmp_path, capsys):
    """Both are told: how many captions are equal, and the scores of run and file; `show` says them again."""
    out = str(tmp_path / "told.safetensors")
    assert main(["run", "export", tiny.along, "--out", out, "--compare", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["agreement"]
    assert found["photos"] == 2 and found["same_captions"] == 1 and found["scores"] == found["of_the_run"]
    assert main(["run", "show", out]) == 0
    said = capsys.readouterr().out
    assert "On 2 photos of dev (beam 5) it says word for word" in said and "which says no terms" in said


def test_what_it_says_of_itself(given, tiny, capsys):
    """Recipe, scores, terms; no path of this machine; the captioner's matrices in half precision."""
    tensors, header = load_checkpoint(given["soft"])
    assert header["scores"]["dev"] == {"bleu_4": 0.25, "cider_d": 0.5, "decoding": "beam 5", "photos": 2}
    assert any("20 training photos" in line or "training photos, for consensus" in line for line in header["terms"])
    assert str(tiny.folder) not in json.dumps(header)
    kinds = {name.split(".")[0]: set() for name in tensors}
    for name, array in tensors.items():
        kinds[name.split(".")[0]].add((array.ndim > 1, str(array.dtype)))
    assert kinds == {"model": {(True, "float16"), (False, "float32")}, "eye": {(True, "float32"), (False, "float32")},
                     "neighbours": {(True, "float16")}}
    assert halved(np.full((2, 2), 1e6, np.float32)).dtype == np.float32   # would be infinite
    assert main(["run", "show", str(given["along"]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["terms"][0] == "Mine."


def test_a_damaged_or_foreign_file_is_one_sentence(given, tiny, tmp_path):
    """Cut, changed in one bit, another kind of file, a later version, a config that no training writes."""
    content = given["soft"].read_bytes()
    tensors, header = load_checkpoint(given["soft"])
    changed = bytearray(content)
    changed[-9] ^= 4
    files = {"cut": content[:-100], "changed": bytes(changed), "photo": b"\xff\xd8\xff\xe0" + content[:500],
             "none": b"", "text": b"hello"}
    for name, wrong in files.items():
        (tmp_path / name).write_bytes(wrong)

    def tampered(name, **facts):
        said = header | facts
        save_checkpoint(tmp_path / name, tensors, said | {"digest": digest(tensors, said)})
    tampered("later", kind="minisat run 99")
    tampered("config", config=header["config"] | {"V": -3})
    tampered("words", words=header["words"][:-1])
    tampered("list", scores=[])
    shutil.copy(f"{tiny.soft}/best.safetensors", tmp_path / "best")
    wanted = {"cut": "no exported run, or it is damaged", "changed": "does not hold what was written",
              "photo": "no exported run", "none": "no exported run", "text": "no exported run",
              "later": "by another version", "config": "V must be", "words": "is damaged", "list": "scores must be",
              "best": "the weights of a run and not all that belongs to it"}
    for name, sentence in wanted.items():
        with pytest.raises(UserError, match=sentence) as said:
            minisat.load(str(tmp_path / name), device="cpu")
        assert "\n" not in str(said.value)


def test_terms_are_those_that_lie_beside_the_data(tiny, tmp_path):
    shutil.copytree(tiny.data, tmp_path / "data")
    write_text(tmp_path / "data" / "TERMS.txt", "Be kind.\n")
    export(tiny.told, tmp_path / "told.safetensors", data=str(tmp_path / "data"), photos=0, neighbours=False)
    assert ExportedRun.open(tmp_path / "told.safetensors").terms[0] == "Learnt from data. Be kind."
