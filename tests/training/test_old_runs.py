"""A run of an earlier version, without hashes and checksums, goes on elsewhere: moved to another machine or device."""

import json
import shutil

from small_trainings import SMALL, fails, train

from minisat.training import load_checkpoint
from minisat.training.checkpoint import save_checkpoint

FLAGS = [f"--{name.replace('_', '-')}={value}" for name, value in {**SMALL, "epochs": 1}.items()]
NEW_FIELDS = ("attention_function", "label_smoothing", "normalised_places", "penalty_form", "penalty_share", "sentinel",
              "tied_embedding", "word_dropout", "word_in_query")  # of recipes, since version 0.1.0
ELSEWHERE = "C:\\Users\\somebody\\minisat"


def made_long_ago(run, store):
    """Take out what version 0.1.0 did not write; its paths are those of another machine."""
    config = json.loads((run / "config.json").read_text())
    config.pop("vocabulary_hash")
    for name in NEW_FIELDS:
        config["recipe"].pop(name)
    config |= {"data": f"{ELSEWHERE}\\data", "features": f"{ELSEWHERE}\\store"}
    (run / "config.json").write_text(json.dumps(config))
    for name in ("last", "best"):
        if (run / f"{name}.safetensors").exists():
            tensors, metadata = load_checkpoint(run / f"{name}.safetensors")
            save_checkpoint(run / f"{name}.safetensors", tensors, metadata | {"config": config})
    header = json.loads((store / "header.json").read_text())
    header.pop("checksums")
    (store / "header.json").write_text(json.dumps(header))


def test_it_goes_on_bit_for_bit_and_says_what_it_cannot_verify(squares, store, tmp_path, capsys):
    for name in ("there", "here"):
        assert train(squares, "--features", store, "--run", tmp_path / name, "--device", "cpu", "--max-minutes", 1e-6,
                     *FLAGS) == 0
    old = tmp_path / "a b ä"
    shutil.copytree(squares, old / "data")
    shutil.copytree(store, old / "store")
    (tmp_path / "here").rename(old / "run")
    made_long_ago(old / "run", old / "store")
    assert "store" in fails(capsys, old / "data", "--run", old / "run", "--resume", "--device", "cpu")  # why not
    capsys.readouterr()
    assert train(old / "data", "--run", old / "run", "--resume", "--features", old / "store", "--device", "auto") == 0
    said = capsys.readouterr().err
    assert said.count("an earlier version made it") == 2
    assert train(squares, "--run", tmp_path / "there", "--resume", "--device", "cpu") == 0
    best = [load_checkpoint(run / "last.safetensors")[0] for run in (tmp_path / "there", old / "run")]
    assert all(best[0][name].tobytes() == best[1][name].tobytes() for name in best[0])
