"""`minisat train --tune` and `--start`: from the command line to a run that captions, and one sentence for mistakes."""

import json

import pytest
from safetensors.numpy import save_file
from small_trainings import fails, train

from minisat.cli.main import main
from minisat.data import read_dataset
from minisat.training import Run, load_checkpoint
from minisat.vision import build, load_weights

TINY = ["--embedding-size", "8", "--hidden-size", "12", "--attention-size", "6", "--min-count", "1", "--beam", "1",
        "--batch-size", "16", "--epochs", "1", "--warmup-steps", "2", "--device", "cpu"]


@pytest.fixture(scope="module")
def on_features(squares, store, tmp_path_factory):
    """The folder of a run on the squares' features."""
    folder = tmp_path_factory.mktemp("runs") / "features"
    assert train(squares, "--features", store, "--run", folder, *TINY) == 0
    return folder


@pytest.fixture(scope="module")
def tuned(squares, on_features, tmp_path_factory):
    """A run that goes on from it with the encoder's last block."""
    folder = tmp_path_factory.mktemp("runs") / "tuned"
    assert train(squares, "--start", on_features, "--tune", "1", "--run", folder, "--device", "cpu") == 0
    return folder


def test_start_brings_encoder_recipe_and_words(tuned, on_features):
    """With --start nothing else need be said; the config says where the run came from and what learned."""
    config, start = Run.open(tuned).config, Run.open(on_features).config
    assert config.recipe == start.recipe and config.view.tune == ("conv4.0",)
    assert config.start.run == str(on_features) and config.view.after is None
    weights, fresh = load_checkpoint(tuned / "best.safetensors")[0], build("toy_cnn", rng=0)
    assert weights["sight.encoder.conv3.W"].tobytes() == fresh.conv3.W.data.tobytes()
    assert weights["sight.encoder.conv4.W"].tobytes() != fresh.conv4.W.data.tobytes()


def test_a_tuned_run_captions_and_is_scored_from_photos(tuned, squares, capsys):
    photo = read_dataset(squares).photos[0].path
    assert main(["caption", str(tuned), str(photo), "--json", "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["caption"] is not None
    assert main(["evaluate", str(tuned), str(squares), "--json", "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 6


@pytest.fixture
def weights(tmp_path):
    """A file with a toy CNN's weights under torchvision's names."""
    path = tmp_path / "toy.safetensors"
    save_file({name: array.copy() for name, array in build("toy_cnn", rng=5).torchvision_state().items()}, path)
    return path


def test_pretrained_weights_tuned_in_part(squares, weights, tmp_path, capsys):
    """BatchNorm is frozen without being asked for; a resumed run needs the file no more, and keeps its blocks."""
    run = ["--run", tmp_path / "run"]
    assert train(squares, "--encoder", "toy_cnn", "--weights", weights, "--tune", "conv4", *run, *TINY) == 0
    out = capsys.readouterr().out
    assert "numbers 36,992 are trained too." in out and "--grid conv3.2" in out  # 64 · 64 · 9 + 2 · 64
    config = Run.open(tmp_path / "run").config
    assert config.view.tune == ("conv4.0",) and config.feature_scale not in (0, 1)
    kept = load_checkpoint(tmp_path / "run" / "best.safetensors")[0]["sight.encoder.norm4.running_mean"]
    assert kept.tobytes() == build("toy_cnn", rng=5).norm4.running_mean.data.tobytes()
    for flag in ("2", "none"):
        assert "resuming cannot change" in fails(capsys, squares, *run, "--resume", "--tune", flag)
    weights.unlink()
    assert train(squares, *run, "--resume") == 0


def test_a_tuned_encoder_gives_features_for_another_run(tuned, squares, tmp_path, capsys):
    """The run's checkpoint serves as weights, for `features` and for the captions of what was trained on them."""
    best = tuned / "best.safetensors"
    assert main(["features", str(squares), "--encoder", "toy_cnn", "--weights", str(best), "--out",
                 str(tmp_path / "store"), "--device", "cpu"]) == 0
    network = load_weights(build("toy_cnn", rng=9), best)
    assert network.conv4.W.data.tobytes() == load_checkpoint(best)[0]["sight.encoder.conv4.W"].tobytes()
    assert train(squares, "--features", tmp_path / "store", "--run", tmp_path / "run", *TINY) == 0
    photo = read_dataset(squares).photos[0].path
    assert main(["caption", str(tmp_path / "run"), str(photo), "--device", "cpu"]) == 0
    assert "best.safetensors: The weights do not fit" in fails(
        capsys, squares, "--encoder", "squeezenet1_1", "--weights", best, "--run", tmp_path / "no")


def test_the_rest_of_the_network_on_a_store(squares, weights, tmp_path, capsys):
    """--features with --tune: the store's grid goes in, the encoder's own grid comes out; the store may move."""
    half, moved = tmp_path / "half", tmp_path / "moved"
    assert main(["features", str(squares), "--encoder", "toy_cnn", "--weights", str(weights), "--grid", "conv3.2",
                 "--out", str(half), "--device", "cpu"]) == 0
    run = ["--run", tmp_path / "run"]
    assert train(squares, "--features", half, "--tune", "1", *run, *TINY) == 0
    view = Run.open(tmp_path / "run").config.view
    assert (view.after, view.grid, view.D, view.complete) == ("conv3.2", "conv4", 66, False)
    assert "does not lie before" in fails(capsys, squares, "--features", half, "--tune", "3", *run[:1], tmp_path / "no")
    half.rename(moved)
    assert train(squares, "--features", moved, *run, "--resume") == 0
    assert main(["evaluate", str(tmp_path / "run"), str(squares), "--device", "cpu"]) == 0  # from the photos


def test_mistakes(squares, store, on_features, tmp_path, capsys):
    run = ["--run", tmp_path / "run", *TINY]
    assert "has 4 blocks" in fails(capsys, squares, "--encoder", "toy_cnn", "--tune", "9", *run)
    assert "--tune go with" in fails(capsys, squares, "--tune", "1", *run)
    assert "leave --word-vectors out" in fails(capsys, squares, "--start", on_features, "--word-vectors", "w.txt", *run)
    assert "holds no run" in fails(capsys, squares, "--start", tmp_path, "--tune", "1", *run)
    assert "no start for this one" in fails(capsys, squares, "--start", on_features, "--tune", "1", *run,
                                            "--hidden-size", "13")
    assert "encoder squeezenet1_1" in fails(capsys, squares, "--start", on_features, "--encoder", "squeezenet1_1", *run)
    assert "encoder_batchnorm must be one of auto, frozen, live" in fails(
        capsys, squares, "--encoder", "toy_cnn", "--recipe", _recipe(tmp_path, encoder_batchnorm="warm"), *run)
    assert not (tmp_path / "run").exists()


def _recipe(folder, **values):
    """The path of a recipe file."""
    (folder / "recipe.json").write_text(json.dumps(values))
    return folder / "recipe.json"
