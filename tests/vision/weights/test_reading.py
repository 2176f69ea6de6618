"""Weights files: half precision raised, damage told in one sentence, the hash."""

import hashlib

import numpy as np
import pytest
from safetensors.numpy import save_file

from minisat.errors import UserError
from minisat.vision import build, file_hash, load_weights, read_weights


@pytest.fixture
def weights(tmp_path):
    """A file with the toy CNN's weights under torchvision's names, in half precision."""
    encoder = build("toy_cnn", rng=5)
    names = {"W": "weight", "gamma": "weight", "beta": "bias"}
    tensors = {}
    for name, array in encoder.state_dict().items():
        layer, last = name.rsplit(".", 1)
        tensors[f"{layer}.{names.get(last, last)}"] = array.astype(np.float16)
    save_file(tensors, tmp_path / "toy.safetensors")
    return tmp_path / "toy.safetensors", encoder


def test_half_precision_is_raised_and_loaded(weights):
    path, source = weights
    assert {array.dtype for array in read_weights(path).values()} == {np.dtype(np.float32)}
    loaded = load_weights(build("toy_cnn", rng=0), path)
    np.testing.assert_array_equal(loaded.conv2.W.data, source.conv2.W.data.astype(np.float16).astype(np.float32))


@pytest.mark.peer
def test_every_float_type_equals_torchs(tmp_path):
    torch = pytest.importorskip("torch")
    from_torch = pytest.importorskip("safetensors.torch")
    values = torch.tensor([[1.5, -2.25, 3e-5], [65504.0, 0.0, -1e-3]], dtype=torch.float64)
    tensors = {str(dtype): values.to(dtype)
               for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64)}
    from_torch.save_file(tensors, tmp_path / "w.safetensors")
    for name, array in read_weights(tmp_path / "w.safetensors").items():
        assert array.dtype == {"torch.float64": np.float64, "torch.int64": np.int64}.get(name, np.float32)
        np.testing.assert_array_equal(array, tensors[name].double().numpy())


@pytest.mark.parametrize("content", [b"", b"not a safetensors file at all", b"\xff" * 100])
def test_other_files_are_one_sentence(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(UserError, match="w.safetensors: it is (empty|neither a safetensors file nor a checkpoint)"):
        read_weights(tmp_path / "w.safetensors")


def test_a_truncated_file_is_one_sentence(weights):
    path, _ = weights
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(UserError, match="toy.safetensors: it should have .* bytes and has"):
        read_weights(path)


def test_a_missing_file_and_a_misfit_name_the_file(tmp_path, weights):
    with pytest.raises(UserError, match="gone.safetensors: No such file"):
        read_weights(tmp_path / "gone.safetensors")
    with pytest.raises(UserError, match="toy.safetensors: These are not the weights of squeezenet1_1"):
        load_weights(build("squeezenet1_1", rng=0), weights[0])


def test_the_hash_is_sha256(weights):
    assert file_hash(weights[0]) == hashlib.sha256(weights[0].read_bytes()).hexdigest()
    with pytest.raises(UserError, match="Cannot read"):
        file_hash(weights[0].parent / "gone")
