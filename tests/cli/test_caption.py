"""`minisat caption`: files and folders, JSON, attention figures, and going on after a photo that cannot be read."""

import json
import shutil

import pytest
from PIL import Image

from minisat.cli.caption import figure_names
from minisat.cli.main import main
from minisat.files import read_json, write_json


def caption(*arguments):
    return main(["caption", *map(str, arguments)])


def test_a_folder_and_a_file_are_captioned_in_order(tiny, capsys):
    assert caption(tiny.soft, tiny.photos / "07.jpg", tiny.photos) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 20  # 07 once
    assert [line.split(":")[0] for line in lines[:3]] == [str(tiny.photos / f"{i:02}.jpg") for i in (7, 0, 1)]
    assert all(line.partition(": ")[2] for line in lines)


def test_json_has_every_word_with_its_attention(tiny, capsys):
    assert caption(tiny.soft, tiny.photos / "03.jpg", tiny.photos / "04.jpg", "--json", "--nbest", 3) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["image"].endswith("03.jpg") and second["image"].endswith("04.jpg")
    assert first["caption"] == " ".join(word["word"] for word in first["words"])
    for word in first["words"]:
        assert set(word) == {"word", "logprob", "p", "beta", "sentinel", "alpha"} and word["sentinel"] is None
        assert len(word["alpha"]) == 64 and sum(word["alpha"]) == pytest.approx(1, abs=1e-3)
        assert 0 < word["beta"] < 1 and word["logprob"] <= 0
    assert first["logprob"] <= sum(word["logprob"] for word in first["words"]) + 1e-5
    assert len(first["n_best"]) == 3 and first["n_best"][0]["caption"] == first["caption"]


def test_a_model_without_attention_says_so(tiny, tmp_path, capsys):
    assert caption(tiny.told, tiny.photos / "03.jpg", "--json") == 0
    assert json.loads(capsys.readouterr().out)["words"][0]["alpha"] is None
    assert caption(tiny.told, tiny.photos / "03.jpg", "--attention", tmp_path / "figures") == 2
    assert "no attention" in capsys.readouterr().err and not (tmp_path / "figures").exists()


@pytest.mark.parametrize("run", ["soft", "along"])
def test_attention_is_drawn(tiny, tmp_path, capsys, run):
    assert caption(getattr(tiny, run), tiny.photos / "03.jpg", "--attention", tmp_path / "figures") == 0
    with Image.open(tmp_path / "figures" / "03.png") as figure:
        assert figure.height > 100


def test_figures_of_photos_with_one_name_do_not_overwrite_each_other(tmp_path):
    names = figure_names([tmp_path / "a" / "x.jpg", tmp_path / "b" / "x.jpg", tmp_path / "x.png"])
    assert list(names.values()) == ["x.png", "x-2.png", "x-3.png"]


def test_broken_and_missing_photos_are_reported_and_the_rest_goes_on(tiny, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    broken, text = tmp_path / "broken.jpg", tmp_path / "text.jpg"
    broken.write_bytes((tiny.photos / "01.jpg").read_bytes()[:300])
    text.write_text("no photo")
    assert caption(tiny.soft, broken, tiny.photos / "02.jpg", text, tmp_path / "gone.jpg", tmp_path / "empty") == 2
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1 and "02.jpg" in captured.out
    assert len(captured.err.splitlines()) == 4
    for name in ("broken.jpg", "text.jpg", "gone.jpg", "empty"):
        assert sum(name in line for line in captured.err.splitlines()) == 1


def test_a_photo_has_the_same_caption_alone_and_in_company(tiny, capsys):
    assert caption(tiny.soft, tiny.photos) == 0
    together = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert caption(tiny.soft, tiny.photos / "05.jpg") == 0
    assert together[str(tiny.photos / "05.jpg")] == capsys.readouterr().out.strip().split(": ", 1)[1]


def test_other_weights_than_the_run_s_are_refused(tiny, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(tiny.soft, run)
    weights = tmp_path / "other.safetensors"
    weights.write_bytes(b"something else")
    photo = tiny.photos / "01.jpg"
    write_json(run / "config.json", read_json(run / "config.json") | {"weights_hash": "ab" * 32, "weights": "gone"})
    assert caption(run, photo, "--weights", weights) == 2
    assert "does not hold" in capsys.readouterr().err
    assert caption(run, photo) == 2
    assert "--weights FILE" in capsys.readouterr().err
    for folder in (tiny.soft, tiny.along):  # untrained encoder, own encoder: there is no file to name
        assert caption(folder, photo, "--weights", weights) == 2
        assert "leave --weights out" in capsys.readouterr().err


def test_more_captions_than_the_beam_is_wide_are_refused(tiny, capsys):
    assert caption(tiny.soft, tiny.photos / "01.jpg", "--beam", 2, "--nbest", 3) == 2
    assert "width 2" in capsys.readouterr().err
