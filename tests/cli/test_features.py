"""`minisat features`: a store from a data set's folder, and one sentence with exit code 2 for mistakes."""

import json

import numpy as np
import pytest
from PIL import Image

from minisat.cli.main import main
from minisat.vision import FeatureStore


@pytest.fixture
def data(tmp_path, rng):
    """A Flickr8k-format folder of four photos."""
    images = tmp_path / "data" / "Images"
    images.mkdir(parents=True)
    names = [f"{i}.jpg" for i in range(4)]
    for name in names:
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(images / name)
    lines = [f"{name}#{k}\ta dog ." for name in names for k in range(5)]
    (images.parent / "Flickr8k.token.txt").write_text("\n".join(lines) + "\n")
    for split, chosen in (("train", names[:2]), ("dev", names[2:3]), ("test", names[3:])):
        (images.parent / f"Flickr_8k.{split}Images.txt").write_text("\n".join(chosen) + "\n")
    return images.parent


def _features(data, store, *flags):
    return main(["features", str(data), "--encoder", "toy_cnn", "--out", str(store), "--device", "cpu", *flags])


def test_a_store_is_written_and_a_second_run_finds_it_done(data, tmp_path, capsys):
    assert _features(data, tmp_path / "store", "--batch", "2", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["photos"], result["L"], result["D"], result["grid"]) == (4, 64, 66, "conv4")
    store = FeatureStore.open(tmp_path / "store")
    assert store.done == 4 and store.scale == pytest.approx(result["scale"])
    before = (store.path / "features.npy").read_bytes()
    assert _features(data, tmp_path / "store") == 0
    captured = capsys.readouterr()
    assert "4 photos, 64 locations × 66 features" in captured.out
    assert "untrained" in captured.err
    assert (store.path / "features.npy").read_bytes() == before


@pytest.mark.parametrize("flags, sentence", [
    (["--grid", "conv9"], "no grid 'conv9'"), (["--weights", "gone.safetensors"], "gone.safetensors"),
    (["--batch", "0"], "at least 1")])
def test_mistakes_are_one_sentence(data, tmp_path, capsys, flags, sentence):
    assert _features(data, tmp_path / "store", *flags) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("minisat features: ") and sentence in error
    assert not (tmp_path / "store").exists()


def test_a_bad_photo_stops_or_is_skipped_by_choice(data, tmp_path, capsys):
    (data / "Images" / "1.jpg").write_text("no photo")
    assert _features(data, tmp_path / "store") == 2
    assert "1.jpg" in capsys.readouterr().err
    assert _features(data, tmp_path / "store", "--on-error", "skip") == 0
    captured = capsys.readouterr()
    assert "1.jpg" in captured.err and "1 photos were left out: 1.jpg" in captured.out


def test_several_grids_give_a_store_each(data, tmp_path, capsys):
    """Any stage's output is a grid; the stores bear the grids' names, and throughput is told."""
    assert _features(data, tmp_path / "stores", "--grid", "conv3.2,conv4,global", "--json") == 0
    results = json.loads(capsys.readouterr().out)
    assert [(result["grid"], result["L"], result["D"]) for result in results] == [
        ("conv3.2", 64, 64), ("conv4", 64, 66), ("global", 1, 66)]
    assert FeatureStore.open(tmp_path / "stores" / "conv3.2").done == 4
    assert _features(data, tmp_path / "one", "--grid", "conv2.2") == 0
    out = capsys.readouterr().out
    assert "256 locations × 32 features (conv2.2)" in out and " a second." in out


def test_double_precision_gives_the_same_store_up_to_its_rounding(data, tmp_path):
    """Computed in float64, kept in float16 as ever."""
    assert _features(data, tmp_path / "single") == _features(data, tmp_path / "double", "--precision", "float64") == 0
    single, double = (FeatureStore.open(tmp_path / name) for name in ("single", "double"))
    np.testing.assert_allclose(single.gather([0, 1]), double.gather([0, 1]), rtol=2e-3, atol=1e-4)
    assert double.features.dtype == np.float16
