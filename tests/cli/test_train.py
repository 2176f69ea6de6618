"""`minisat train`, from the command line: both kinds of input, who wins over whom, and one sentence for mistakes."""

import io
import json
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from small_trainings import fails, train

from minisat.data import read_dataset
from minisat.training import Run, load_checkpoint, load_run
from minisat.vision import build, extract

SMALL = ["--embedding-size", "8", "--hidden-size", "12", "--attention-size", "6", "--min-count", "1",
         "--batch-size", "16", "--epochs", "2", "--beam", "2", "--warmup-steps", "2", "--device", "cpu"]


@pytest.fixture(scope="module")
def trained(squares, store, tmp_path_factory):
    """The folder of a run of two epochs on the squares' features."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    assert train(squares, "--features", store, "--run", folder, *SMALL) == 0
    return folder


def test_run_folder(trained):
    """Everything that DESIGN promises is there, and the plain lines went to a log of both epochs."""
    names = {path.name for path in trained.iterdir()}
    assert names == {"config.json", "environment.json", "metrics.jsonl", "vocabulary.json", "best.safetensors",
                     "last.safetensors", "neighbours.safetensors", "samples", "plots"}
    assert (trained / "plots" / "curves.png").stat().st_size > 1000
    assert [line["epoch"] for line in Run.open(trained).metrics()] == [1, 2]
    config = Run.open(trained).config
    assert config.view.encoder == "toy_cnn" and config.view.preprocessing.size == 64 and config.recipe.beam == 2
    assert config.feature_scale > 0
    assert load_checkpoint(trained / "best.safetensors")[1]["config"] == config.to_dict()


def test_plain_lines_and_json(squares, store, tmp_path, capsys):
    """Without a terminal: plain lines; with --json stdout is one JSON object and the lines are on stderr."""
    assert train(squares, "--features", store, "--run", tmp_path / "a", *SMALL) == 0
    out = capsys.readouterr().out
    assert "epoch 2/2: train loss" in out and "Finished after 2 epochs; best dev BLEU-4" in out and "\r" not in out
    assert train(squares, "--features", store, "--run", tmp_path / "b", *SMALL, "--json") == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["outcome"] == "finished" and result["epochs"] == 2 and "epoch 2/2" in captured.err


def test_bar_on_a_terminal(squares, store, tmp_path, monkeypatch):
    """On a terminal a bar counts the steps; the lines of the epochs stay."""
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", terminal)
    assert train(squares, "--features", store, "--run", tmp_path / "run", *SMALL) == 0
    text = terminal.getvalue()
    assert "\repoch 1/2:" in text and "epoch 2/2: train loss" in text


def test_same_seed_same_weights(trained, squares, store, tmp_path):
    """Two trainings by the same recipe give the same bytes; another seed gives others."""
    assert train(squares, "--features", store, "--run", tmp_path / "same", *SMALL) == 0
    assert train(squares, "--features", store, "--run", tmp_path / "other", *SMALL, "--seed", "1") == 0
    folders = trained, tmp_path / "same", tmp_path / "other"
    best = [load_checkpoint(folder / "best.safetensors")[0] for folder in folders]
    assert all(best[0][name].tobytes() == best[1][name].tobytes() for name in best[0])
    assert any(best[0][name].tobytes() != best[2][name].tobytes() for name in best[0])


def test_photos_end_to_end(squares, tmp_path):
    """--encoder trains the convolutions along: their weights move, and the run loads as one model from photos."""
    assert train(squares, "--encoder", "toy_cnn", "--run", tmp_path / "run", *SMALL, "--seed", "3") == 0
    loaded = load_run(tmp_path / "run", "last")
    assert not np.array_equal(loaded.model.sight.encoder.conv1.W.data, build("toy_cnn", rng=3).conv1.W.data)
    photo = build("toy_cnn").preprocessing.load(read_dataset(squares).photos[0].path)
    log_probs, *_ = loaded.model.step(loaded.model.start(photo[None]), np.array([2]))
    assert log_probs.shape == (1, len(loaded.vocabulary))


def test_default_file_flag(squares, store, tmp_path, capsys):
    """A file wins over the defaults and a flag over the file; --no-… switches off; nonsense is one sentence."""
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"epochs": 1, "dropout": 0.25, "repair_spelling": True, "clip_norm": 1}))
    assert train(squares, "--features", store, "--run", tmp_path / "run", *SMALL, "--epochs", "2", "--recipe", recipe,
                 "--no-repair-spelling") == 0
    kept = Run.open(tmp_path / "run").config.recipe.to_dict()
    assert (kept["epochs"], kept["dropout"], kept["repair_spelling"], kept["clip_norm"]) == (2, 0.25, False, 1.0)
    assert kept["penalty"] == 1.0
    recipe.write_text(json.dumps({"epoch": 1}))
    assert "epoch" in fails(capsys, squares, "--features", store, "--run", tmp_path / "x", "--recipe", recipe)
    recipe.write_text("[1]")
    assert "recipe" in fails(capsys, squares, "--features", store, "--run", tmp_path / "x", "--recipe", recipe)
    assert not (tmp_path / "x").exists()


def test_stop_and_resume(trained, squares, store, tmp_path, capsys):
    """Time's up: saved, how to go on is said; --resume needs no more than the data and the run: the same weights."""
    run = tmp_path / "run"
    assert train(squares, "--features", store, "--run", run, *SMALL, "--max-minutes", "1e-9") == 0
    out = capsys.readouterr().out
    assert f"Go on with: minisat train {squares} --run {run} --resume" in out
    assert train(squares, "--run", run, "--resume") == 0
    assert (load_checkpoint(run / "best.safetensors")[0]["captioner.L_o.W"].tobytes()
            == load_checkpoint(trained / "best.safetensors")[0]["captioner.L_o.W"].tobytes())
    assert train(squares, "--run", run, "--resume") == 0  # a finished run stays as it is
    assert "Finished after 2 epochs" in capsys.readouterr().out


def test_ctrl_c(squares, store, tmp_path):
    """SIGINT to the real program: exit code 130, a checkpoint, how to go on, no traceback."""
    command = [sys.executable, "-m", "minisat", "train", squares, "--features", store, "--run", tmp_path / "run",
               *SMALL, "--epochs", "100000", "--patience", "0"]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("epoch 1/"):
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Go on with: minisat train" in out and "Traceback" not in err
    assert load_checkpoint(tmp_path / "run" / "last.safetensors")[1]["state"]["steps"] > 0


def test_resume_refuses_what_would_change_the_run(trained, squares, store, tmp_path, capsys):
    """Another recipe, other captions, a store of another encoder, photos instead of features; nothing is touched."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    assert "--resume" in fails(capsys, squares, "--features", store, "--run", run, *SMALL)
    assert "hidden_size" in fails(capsys, squares, "--run", run, "--resume", "--hidden-size", "13")
    assert "features" in fails(capsys, squares, "--run", run, "--resume", "--encoder", "toy_cnn")
    other = tmp_path / "other"
    encoder = build("toy_cnn", rng=5)
    extract(read_dataset(squares).photos, encoder, other, weights="other.safetensors", weights_hash="5" * 64)
    assert "5555" in fails(capsys, squares, "--run", run, "--resume", "--features", other)
    changed = tmp_path / "squares"
    shutil.copytree(squares, changed)
    captions = changed / "Flickr8k.token.txt"
    captions.write_text(captions.read_text().replace("red", "purple"))
    assert "captions" in fails(capsys, changed, "--run", run, "--resume")
    assert before == {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}


def test_mistakes(squares, store, tmp_path, capsys):
    """Nothing to look at, no store, a photo that the store lacks, a broken photo, no data, a bad seed."""
    run = ["--run", tmp_path / "run", *SMALL]
    assert "--features STORE" in fails(capsys, squares, *run)
    assert "--encoder" in fails(capsys, squares, "--features", store, "--grid", "conv4", *run)
    assert "feature store" in fails(capsys, squares, "--features", tmp_path, *run)
    assert "no encoder" in fails(capsys, squares, "--encoder", "nothing", *run)
    assert "nowhere" in fails(capsys, tmp_path / "nowhere", "--features", store, *run)
    assert "seed" in fails(capsys, squares, "--features", store, *run, "--seed", "-1")
    assert "min_count" in fails(capsys, squares, "--features", store, *run, "--min-count", "1000")
    part = tmp_path / "part"
    extract(read_dataset(squares).photos[:-9], build("toy_cnn", rng=0), part)
    assert "has no photo" in fails(capsys, squares, "--features", part, *run)
    broken = tmp_path / "broken"
    shutil.copytree(squares, broken)
    photo = read_dataset(broken).split("train")[0].path
    photo.write_bytes(photo.read_bytes()[:60])
    assert photo.name in fails(capsys, broken, "--encoder", "toy_cnn", *run)
    assert not (tmp_path / "run").exists()


FULL = """
import resource, sys
from minisat.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(sys.argv[2:]))
"""


def test_no_room_for_checkpoints(trained, squares, store, tmp_path):
    """The system refuses to write past 20 kB: one sentence, exit code 2, no half file, and the run goes on later."""
    run = tmp_path / "run"
    command = [sys.executable, "-c", FULL, "20000", "train", squares, "--features", store, "--run", run, *SMALL]
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 2 and "Cannot write" in result.stderr and "Traceback" not in result.stderr
    assert not list(run.rglob("*.safetensors")) and not list(run.rglob(".*.partial"))
    assert train(squares, "--run", run, "--resume") == 0
    assert (load_checkpoint(run / "best.safetensors")[0]["captioner.L_o.W"].tobytes()
            == load_checkpoint(trained / "best.safetensors")[0]["captioner.L_o.W"].tobytes())


def test_word_vectors_set_the_embedding_size_and_are_said_in_a_line(squares, store, tmp_path, capsys):
    (tmp_path / "vectors.txt").write_text("red 1 2 3 4 5 6\nsquare 2 3 4 5 6 7\n")
    small = SMALL[2:]
    flags = ["--features", store, "--word-vectors", tmp_path / "vectors.txt", "--freeze-embedding"]
    assert train(squares, "--run", tmp_path / "run", *flags, -1, *small) == 0
    assert "2 of 11 words, " in (out := capsys.readouterr().out) and "training captions say, frozen." in out
    recipe = Run.open(tmp_path / "run").config.recipe.to_dict()
    assert recipe["embedding_size"] == 6 and recipe["freeze_embedding"] == -1
    assert train(squares, "--run", tmp_path / "run", *flags, -1, *small, "--resume") == 0
    assert "add --embedding-size 6" in fails(capsys, squares, "--run", tmp_path / "b", *flags, 1, *SMALL)


def test_double_precision(squares, store, trained, tmp_path):
    """Asked for, all weights are float64, in the file and when loaded; a resumed run goes on so; else float32."""
    run = tmp_path / "run"
    begin = "--features", store, "--run", run, *SMALL, "--precision", "float64"
    assert train(squares, *begin, "--max-minutes", "1e-9") == 0
    assert train(squares, "--run", run, "--resume") == 0
    for folder, wanted in ((run, "float64"), (trained, "float32")):
        tensors, _ = load_checkpoint(folder / "best.safetensors")
        assert {str(array.dtype) for array in tensors.values()} == {wanted}
        assert load_run(folder).model.captioner.embedding.W.data.dtype == wanted
