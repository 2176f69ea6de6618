"""`minisat evaluate`: the files it writes, where features may come from, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest

from minisat.cli.main import main
from minisat.evaluation import find_resources, score_captions
from minisat.files import read_json, write_json


def evaluate(*arguments):
    return main(["evaluate", *map(str, arguments)])


def test_it_writes_what_score_reads_and_agrees_with_it(tiny, tmp_path, capsys):
    assert evaluate(tiny.soft, tiny.data, "--split", "dev", "--beam", 3, "--out", tmp_path, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    captions, references = (read_json(tmp_path / f"{kind}-dev.json") for kind in ("captions", "references"))
    assert list(captions) == tiny.dev and all(len(texts) == 2 for texts in references.values())
    assert printed == read_json(tmp_path / "scores-dev.json")
    own = score_captions(captions, references, "simple", find_resources())
    assert printed["corpus"] == own["corpus"] and printed["per_image"] == own["per_image"]
    assert (printed["beam"], printed["split"], printed["tokenizer"]) == (3, "dev", "simple")
    assert main(["score", str(tmp_path / "captions-dev.json"), str(tmp_path / "references-dev.json"), "--json",
                 "--tokenizer", "simple"]) == 0
    assert json.loads(capsys.readouterr().out)["corpus"] == own["corpus"]


@pytest.mark.parametrize("run", ["soft", "told", "along"])
def test_every_kind_of_run_is_evaluated_with_a_gallery(tiny, tmp_path, capsys, run):
    assert evaluate(getattr(tiny, run), tiny.data, "--gallery", "--limit", 1, "--beam", 2, "--out", tmp_path) == 0
    out = capsys.readouterr().out
    assert "BLEU-4" in out and "gallery-dev.html" in out
    page = (tmp_path / "gallery-dev.html").read_text(encoding="utf-8")
    assert page.count("<article") == 2 and ('data-alpha="' in page) == (run != "told")


def test_a_store_and_the_photos_give_the_same_captions(tiny, tmp_path, capsys):
    assert evaluate(tiny.soft, tiny.data, "--features", tiny.store, "--out", tmp_path / "stored") == 0
    lost = tmp_path / "lost"
    shutil.copytree(tiny.soft, lost)
    write_json(lost / "config.json", read_json(lost / "config.json") | {"features": str(tmp_path / "gone")})
    assert evaluate(lost, tiny.data, "--out", tmp_path / "seen") == 0
    assert "Extracting features" in capsys.readouterr().err
    assert read_json(tmp_path / "stored" / "captions-dev.json") == read_json(tmp_path / "seen" / "captions-dev.json")


def test_without_a_usable_training_photo_there_is_no_nearest_one(tiny, tmp_path, capsys):
    """It is said, and the other yardsticks are there."""
    data, store = tmp_path / "data", tmp_path / "store"
    shutil.copytree(tiny.data, data)
    for photo in (data / "Images").iterdir():
        if photo.name not in tiny.dev:
            photo.write_bytes(b"no photo")
    assert main(["features", str(data), "--encoder", "toy_cnn", "--out", str(store), "--on-error", "skip"]) == 0
    capsys.readouterr()
    assert evaluate(tiny.soft, data, "--features", store, "--out", tmp_path, "--beam", 1) == 0
    out, error = capsys.readouterr()
    assert f"No captions of nearest training photos: {store} holds no training photo." in out + error
    assert "a random training caption" in out and "nearest training photo's caption" not in out


def test_files_go_into_the_run_by_default(tiny, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(tiny.soft, run)
    assert evaluate(run, tiny.data, "--split", "test", "--beam", 1) == 0
    assert {"captions-test.json", "references-test.json", "scores-test.json"} <= {path.name for path in run.iterdir()}


def refused(capsys, *arguments):
    assert evaluate(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1
    return captured.err


def test_a_store_of_another_encoder_is_refused(tiny, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(tiny.store, other)
    write_json(other / "header.json", read_json(other / "header.json") | {"encoder": "squeezenet1_1"})
    assert "squeezenet1_1" in refused(capsys, tiny.soft, tiny.data, "--features", other, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_mistakes_are_one_sentence_and_leave_nothing_behind(tiny, tmp_path, capsys):
    out = ["--out", tmp_path / "out"]
    assert "no split 'val'" in refused(capsys, tiny.soft, tiny.data, "--split", "val", *out)
    assert "holds no run" in refused(capsys, tmp_path, tiny.data, *out)
    above = Path(tiny.soft).parent  # as a demo's folder has its run inside
    assert f"holds no run (no config.json in it). Did you mean {above}" in refused(capsys, above, tiny.data, *out)
    assert "last" in refused(capsys, tiny.soft, tiny.data, "--which", "last", *out)
    assert "leave --features out" in refused(capsys, tiny.along, tiny.data, "--features", tiny.store, *out)
    assert "leave --weights out" in refused(capsys, tiny.soft, tiny.data, "--weights", "w", *out)
    assert "--beam" in refused(capsys, tiny.soft, tiny.data, "--beam", 0, *out)
    assert not (tmp_path / "out").exists()


def test_a_truncated_checkpoint_is_refused(tiny, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(tiny.soft, run)
    content = (run / "best.safetensors").read_bytes()
    (run / "best.safetensors").write_bytes(content[:len(content) // 2])
    assert "best.safetensors" in refused(capsys, run, tiny.data)
