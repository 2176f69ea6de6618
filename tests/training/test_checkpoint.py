"""Checkpoints: a round trip, the same bytes for the same content, and one sentence for every kind of damage."""

import numpy as np
import pytest
import safetensors.numpy

from minisat.errors import UserError
from minisat.training import load_checkpoint, save_checkpoint

TENSORS = {"a.W": np.arange(6, dtype=np.float32).reshape(2, 3).T, "steps": np.asarray(7, np.int64)}


def test_round_trip(tmp_path):
    """Arrays (also strided and 0-d ones) and metadata come back equal; equal content makes equal bytes."""
    for name in ("one", "two"):
        save_checkpoint(tmp_path / name, TENSORS, {"epoch": 3, "loss": 0.1 + 0.2, "none": None})
    tensors, metadata = load_checkpoint(tmp_path / "one")
    assert metadata == {"epoch": 3, "loss": 0.1 + 0.2, "none": None}
    for name, array in TENSORS.items():
        assert tensors[name].dtype == array.dtype and np.array_equal(tensors[name], array)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("keep", [0, 5, 40, -1])
def test_truncated_is_one_sentence(tmp_path, keep):
    """A checkpoint cut anywhere is a UserError that names the file."""
    path = tmp_path / "last.safetensors"
    save_checkpoint(path, TENSORS, {})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match="last.safetensors"):
        load_checkpoint(path)


def test_missing_foreign_and_garbage(tmp_path):
    """No file, a folder, garbage, and weights that are no checkpoint of ours."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "garbage").write_bytes(bytes(range(256)) * 10)
    safetensors.numpy.save_file(TENSORS | {"a.W": np.ones(3)}, tmp_path / "foreign")
    for name in ("missing", "folder", "garbage", "foreign"):
        with pytest.raises(UserError, match=name):
            load_checkpoint(tmp_path / name)


def test_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """When the disk fails in the middle, the earlier checkpoint is intact and nothing else is left behind."""
    path = tmp_path / "last.safetensors"
    save_checkpoint(path, TENSORS, {"epoch": 1})
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="No space left"):
        save_checkpoint(path, TENSORS, {"epoch": 2})
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["last.safetensors"]
