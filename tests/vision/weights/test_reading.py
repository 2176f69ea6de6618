"""Weights files: half precision raised, damage told in one sentence, the hash."""

import hashlib
import json

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


HEADER = {"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}


@pytest.mark.parametrize("change", [
    {"shape": [4, 3]}, {"shape": [2, -3]}, {"shape": [2, 3.0]}, {"shape": [True, 6]}, {"shape": 6}, {"shape": [1] * 40},
    {"shape": [2**62, 2**62]}, {"data_offsets": [0, 28]}, {"data_offsets": [4, 28]}, {"data_offsets": [-4, 20]},
    {"data_offsets": [24, 0]}, {"data_offsets": [0]}, {"data_offsets": "0"}, {"dtype": "F8_E4M3"}, {"dtype": ["F32"]},
    {"dtype": "F64"}], ids=str)
def test_a_lying_header_is_one_sentence(tmp_path, change):
    """The good header is read; one that claims another shape, place or type is refused."""
    path = tmp_path / "w.safetensors"
    for header in (HEADER, {"w": HEADER["w"] | change}, HEADER | {"v": HEADER["w"]}, {"w": 3}, [HEADER],
                   HEADER | {"__metadata__": {"a": 1}}):
        text = json.dumps(header).encode()
        path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(24))
        if header is HEADER:
            assert read_weights(path)["w"].shape == (2, 3)
        else:
            with pytest.raises(UserError, match="Cannot read the weights"):
                read_weights(path)


def test_two_tensors_of_one_name_are_one_sentence(tmp_path):
    """JSON would take the last, other readers the first."""
    entry = json.dumps(HEADER["w"])
    path = tmp_path / "w.safetensors"
    for text in (f'{{"w": {entry}, "w": {entry}}}', f'{{"w": {entry[:-1]}, "dtype": "I32"}}}}'):
        path.write_bytes(len(text).to_bytes(8, "little") + text.encode() + bytes(24))
        with pytest.raises(UserError, match="its header has '(w|dtype)' twice"):
            read_weights(path)


def test_more_tensors_than_any_network_has_are_one_sentence(tmp_path):
    """190,000 empty ones fit into ten megabytes, and were once looked at one by one."""
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    text = json.dumps({f"w{number}": empty for number in range(190_000)}).encode()
    path = tmp_path / "w.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(UserError, match=f"its header has {len(text)} bytes, more than any network's"):
        read_weights(path)


@pytest.mark.parametrize("text", [b"{", b"{" + b'"a":{' * 100_000, b'{"w": ' + b"9" * 10_000, b"{\xff}"])
def test_a_header_that_is_not_json_is_one_sentence(tmp_path, text):
    path = tmp_path / "w.safetensors"
    for length in (len(text), len(text) + 1, 2**63):
        path.write_bytes(length.to_bytes(8, "little") + text)
        with pytest.raises(UserError, match="Cannot read the weights"):
            read_weights(path)


def test_damage_is_never_more_than_one_sentence(weights, rng):
    """Bytes changed at random, and every cut: read or refused."""
    path, _ = weights
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    for _ in range(300):
        damaged = bytearray(content)
        damaged[rng.integers(header)] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            read_weights(path)
        except UserError as error:
            assert "\n" not in str(error)
    for end in range(0, header, 7):
        path.write_bytes(content[:end])
        with pytest.raises(UserError, match="Cannot read the weights"):
            read_weights(path)


def test_what_the_weights_expect_of_the_input_follows_them(tmp_path):
    """GoogLeNet's and Inception's pretrained weights want another normalisation: loading them switches it on."""
    source = build("googlenet", rng=0)
    save_file({name: np.array(array) for name, array in source.torchvision_state().items()}, tmp_path / "g.safetensors")
    for choice, on in ((None, 1), (False, 0), (True, 1)):
        encoder = build("googlenet", rng=0, transform_input=choice)
        assert encoder.transform_input.on.data == (choice is True)
        assert load_weights(encoder, tmp_path / "g.safetensors").transform_input.on.data == on


def test_a_missing_file_and_a_misfit_name_the_file(tmp_path, weights):
    with pytest.raises(UserError, match="gone.safetensors: No such file"):
        read_weights(tmp_path / "gone.safetensors")
    with pytest.raises(UserError, match="toy.safetensors: These are not the weights of squeezenet1_1"):
        load_weights(build("squeezenet1_1", rng=0), weights[0])


def test_the_hash_is_sha256(weights):
    assert file_hash(weights[0]) == hashlib.sha256(weights[0].read_bytes()).hexdigest()
    with pytest.raises(UserError, match="Cannot read"):
        file_hash(weights[0].parent / "gone")
