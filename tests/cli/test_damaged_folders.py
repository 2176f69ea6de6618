"""Run folders and stores that were damaged or exchanged: one sentence that names the file and what is wrong in it."""

import shutil

import numpy as np
import pytest

from minisat.cli.main import main
from minisat.files import read_json, write_json
from minisat.text import Vocabulary
from minisat.training import load_checkpoint, save_checkpoint

SENSELESS = [None, -1, 10**15, 1e999, float("nan"), "", "x", [], {}, [1, "a"], True]


def refused(capsys, *arguments):
    """The one sentence on stderr, exit code 2; notes before it are left out."""
    capsys.readouterr()
    assert main([*map(str, arguments)]) == 2
    *_, error = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in error
    return error


@pytest.fixture
def copy(tiny, tmp_path):
    """A copy of the run `soft` and of the store, which the copy's config names."""
    shutil.copytree(tiny.folder / "soft", tmp_path / "run")
    shutil.copytree(tiny.folder / "store", tmp_path / "store")
    config = read_json(tmp_path / "run" / "config.json")
    write_json(tmp_path / "run" / "config.json", config | {"features": str(tmp_path / "store")})
    return tmp_path


def damaged(document):
    """(what, entry, document) with each entry left out, and with each senseless value that has another type or sign."""
    for name in document:
        yield name, {key: value for key, value in document.items() if key != name}
        for value in SENSELESS:
            yield name, document | {name: value}


FREE = {"weights", "weights_hash", "data", "L", "vocabulary_hash"}  # may be absent or null in a config
TEXTS = {"encoder", "grid", "weights", "weights_hash", "data", "features", "vocabulary_hash"}


@pytest.mark.parametrize("document", [None, [], 3, "x"])
def test_a_config_that_is_no_object(copy, capsys, document):
    write_json(copy / "run" / "config.json", document)
    assert "config.json must be a JSON object" in refused(capsys, "report", copy / "run")


def test_every_entry_of_a_config_is_checked(copy, tiny, capsys):
    """Left out or senseless: refused by name, or the run still captions (an entry that may be absent, another text)."""
    file, photo, count = copy / "run" / "config.json", tiny.photos / "03.jpg", 0
    whole = read_json(file)
    for name, config in damaged(whole):
        write_json(file, config)
        if isinstance(config.get(name), str) and name in TEXTS or name in FREE and config.get(name) is None:
            continue
        error = refused(capsys, "caption", copy / "run", photo, "--device", "cpu")
        assert "config.json" in error and name in error or config[name] == {}, (name, config.get(name), error)
        count += 1
    for name, value in (("size", -1), ("size", ""), ("mean", [1, 2]), ("std", [0, 1, 1])):
        write_json(file, whole | {"preprocessing": whole["preprocessing"] | {name: value}})
        assert f"config.json: preprocessing.{name}" in refused(capsys, "caption", copy / "run", photo)
    for name, value in (("average_decay", 1e308), ("hidden_size", 10**15), ("beam", None)):
        write_json(file, whole | {"recipe": whole["recipe"] | {name: value}})
        assert f"config.json is damaged. The recipe's {name} must be" in refused(capsys, "caption", copy / "run", photo)
    assert count > 100


def test_every_entry_of_a_store_s_header_is_checked(copy, tiny, capsys):
    """As for a config."""
    file, count = copy / "store" / "header.json", 0
    for name, header in damaged(read_json(file)):
        write_json(file, header)
        value = header.get(name)
        if isinstance(value, str) and name in ("encoder", "grid", "weights", "weights_hash") or name == "format" or (
                name in ("weights", "weights_hash", "checksums") and value is None and name in header) or (
                name == "checksums" and name not in header) or (name == "skipped" and value == {}) or (
                name in ("values_counted", "sum_of_squares") and value == 10**15):
            continue
        error = refused(capsys, "evaluate", copy / "run", tiny.data, "--features", copy / "store")
        assert "header.json" in error and (name in error or name == "names"), (name, value, error)
        count += 1
    assert count > 80


def test_a_run_knows_its_words(copy, tiny, capsys):
    """Shuffled words are refused; a run without the hash says so once, and captions."""
    photo, file = tiny.photos / "03.jpg", copy / "run" / "vocabulary.json"
    whole, config = read_json(file), read_json(copy / "run" / "config.json")
    assert config["vocabulary_hash"] == Vocabulary(whole["words"]).fingerprint
    write_json(file, whole | {"words": [*whole["words"][:4], *whole["words"][:3:-1]]})
    for verb in (["caption", copy / "run", photo], ["evaluate", copy / "run", tiny.data],
                 ["train", tiny.data, "--run", copy / "run", "--resume"]):
        assert "vocabulary.json does not hold the words that the run began with" in refused(capsys, *verb)
    write_json(file, whole)
    config.pop("vocabulary_hash")
    write_json(copy / "run" / "config.json", config)
    assert main(["caption", str(copy / "run"), str(photo)]) == 0
    assert capsys.readouterr().err.count("does not say which words it has learned") == 1
    write_json(file, whole | {"words": whole["words"][:-1]})
    assert "does not hold the words" in refused(capsys, "caption", copy / "run", photo)


def spoil(store, value, rows=slice(None)):
    """Write `value` into rows of the store's features."""
    features = np.load(store / "features.npy", mmap_mode="r+")
    features[rows] = value
    features.flush()


def test_a_store_knows_its_rows(copy, tiny, capsys):
    """Zeroed rows, and a single changed number, are refused by train and evaluate."""
    train = ["train", tiny.data, "--features", copy / "store", "--run", copy / "new", "--epochs", 1]
    for value, rows in ((0, slice(None)), (0.5, (slice(None), 3, 2))):
        shutil.copytree(tiny.folder / "store", copy / "store", dirs_exist_ok=True)
        spoil(copy / "store", value, rows)
        for verb in (train, ["evaluate", copy / "run", tiny.data, "--features", copy / "store"]):
            error = refused(capsys, *verb)
            assert f"{copy / 'store'} is damaged: the row of " in error and "is not what was written" in error
    assert not (copy / "new" / "config.json").exists()


def test_a_store_of_an_earlier_version_loads_and_says_so_once(copy, tiny, capsys):
    """Without checksums it works; features that are not finite, or all alike, are still called what they are."""
    header = read_json(copy / "store" / "header.json")
    header.pop("checksums")
    write_json(copy / "store" / "header.json", header)
    evaluate = ["evaluate", str(copy / "run"), tiny.data, "--features", str(copy / "store")]
    assert main(evaluate) == 0
    assert capsys.readouterr().err.count("has no checksums") == 1
    spoil(copy / "store", 0)
    assert "photos all have the same features" in refused(capsys, *evaluate)
    spoil(copy / "store", np.nan)
    assert "The features of " in (error := refused(capsys, *evaluate)) and "not finite numbers" in error
    assert "weights" not in error


@pytest.mark.parametrize("flags", [[], ["--beam", 1], ["--sample"]])
def test_weights_that_are_not_finite_are_called_weights(copy, tiny, capsys, flags):
    """Beam and sampling alike."""
    best = copy / "run" / "best.safetensors"
    tensors, metadata = load_checkpoint(best)
    save_checkpoint(best, {name: array * np.float32(np.nan) for name, array in tensors.items()}, metadata)
    assert "its weights are not finite numbers" in refused(capsys, "caption", copy / "run", tiny.photos / "03.jpg",
                                                           *flags)
