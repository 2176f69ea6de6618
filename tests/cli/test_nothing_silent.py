"""What once trained on without a word: a loss that explodes and stays finite, photos in two splits."""

import json
import shutil

import pytest
from PIL import Image
from small_trainings import SMALL, train

from minisat.training import load_checkpoint, save_checkpoint

FLAGS = [word for name, value in SMALL.items() for word in ("--" + name.replace("_", "-"), value)]


def test_divergence_that_stays_finite_is_said(squares, store, tmp_path, capsys):
    """Once, with the figures; --json names the epoch, also after a resume and where nothing diverged."""
    wild = ["--features", store, "--run", tmp_path / "wild", "--json", *FLAGS, "--learning-rate", 1e3]
    assert train(squares, *wild) == 0
    captured = capsys.readouterr()
    assert captured.err.count("Training diverges: in epoch 1 a word cost ") == 1
    assert "smaller learning_rate" in captured.err and json.loads(captured.out)["diverged"] == 1
    assert train(squares, "--run", tmp_path / "wild", "--resume", "--json") == 0
    assert json.loads(capsys.readouterr().out)["diverged"] == 1
    assert train(squares, "--features", store, "--run", tmp_path / "tame", "--json", *FLAGS) == 0
    captured = capsys.readouterr()
    assert "diverges" not in captured.err and json.loads(captured.out)["diverged"] is None


def test_a_rise_above_the_first_epoch_is_said_too(squares, store, tmp_path, capsys):
    """The first epoch's loss is remembered over a resume; a checkpoint of an earlier version has none and loads."""
    assert train(squares, "--features", store, "--run", tmp_path / "run", *FLAGS, "--max-minutes", 60) == 0
    for first, said in ((-9.0, 1), (None, 0)):
        shutil.copytree(tmp_path / "run", tmp_path / f"{first}")
        last = tmp_path / f"{first}" / "last.safetensors"
        tensors, metadata = load_checkpoint(last)
        state = metadata["state"] | {"finished": "", "epoch": 2, "batch": 0, "first_loss": first}
        if first is None:
            state.pop("first_loss"), state.pop("diverged")
        save_checkpoint(last, tensors, metadata | {"state": state})
        capsys.readouterr()
        assert train(squares, "--run", tmp_path / f"{first}", "--resume") == 0
        assert capsys.readouterr().out.count("Training diverges: in epoch 3") == said


@pytest.mark.parametrize("how", ["listed twice", "under two names"])
def test_leaking_splits_are_said_before_training(tmp_path, capsys, how):
    """As `data check` says them; files of other sizes are not read."""
    photos = tmp_path / "data" / "Images"
    photos.mkdir(parents=True)
    for i in range(4):
        Image.new("RGB", (40 + 9 * i, 40), (60 * i, 0, 0)).save(photos / f"{i}.png")
    (tmp_path / "data" / "captions.txt").write_text(
        "image,caption\n" + "".join(f"{i}.png,a red square\n" for i in range(4)))
    (tmp_path / "data" / "train.txt").write_text("0.png\n1.png\n2.png\n")
    (tmp_path / "data" / "test.txt").write_text("3.png\n" + ("0.png\n" if how == "listed twice" else ""))
    if how == "under two names":
        shutil.copy(photos / "1.png", photos / "3.png")
    train(tmp_path / "data", "--encoder", "toy_cnn", "--run", tmp_path / "run", *FLAGS, "--epochs", 1)
    error = capsys.readouterr().err
    expected = {"listed twice": "1 photos are in two splits, so that scores flatter: 0.png",
                "under two names": "1 photos are in two splits under two names, so that scores flatter: 1.png = 3.png"}
    assert error.count("in two splits") == 1 and expected[how] in error
