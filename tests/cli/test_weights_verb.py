"""`minisat weights`: what it prints and returns."""

import hashlib
import json
import os
import re

import numpy as np
import pytest
from checkpoint_files import checkpoint
from file_server import Handler, serving
from safetensors import safe_open

from minisat.cli import weights as verb
from minisat.cli.main import main
from minisat.vision import ENCODERS, build, load_weights, read_weights
from minisat.vision.weights.catalogue import ADDRESS, STANDARD, Standard, digits_in, find_standard, standard

try:
    import resource
except ImportError:  # Windows
    resource = None


@pytest.fixture(scope="module")
def arrays():
    """SqueezeNet's weights under torchvision's names, and a counter as BatchNorm has them."""
    state = build("squeezenet1_1", rng=3).torchvision_state()
    return {"bn.num_batches_tracked": np.array(7)} | {name: np.array(array) for name, array in state.items()}


@pytest.fixture
def file(tmp_path, arrays):
    """A checkpoint of a training run, in torch's format."""
    path = tmp_path / "squeezenet.pth"
    path.write_bytes(checkpoint(arrays, "zip", lambda tree: {
        "epoch": 3, "state_dict": {f"module.{name}": tensor for name, tensor in tree.items()}}))
    return path


def test_list_has_a_file_for_every_encoder(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("MINISAT_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    (tmp_path / "resnet50-0676ba61.pth").touch()
    assert main(["weights", "list"]) == 0
    printed = capsys.readouterr().out
    assert ADDRESS + "resnet50-0676ba61.pth" in printed and "#pre-trained-model-license" in printed
    assert [line.split()[0] for line in printed.splitlines() if " yes " in line] == ["resnet50"]
    assert main(["weights", "list", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert {entry["name"]: entry["here"] for entry in entries}["resnet50"] == str(tmp_path / "resnet50-0676ba61.pth")
    assert all(re.fullmatch("[0-9a-f]{8}", entry["sha256_begins"]) for entry in entries)


def test_the_catalogue_is_consistent(tmp_path, monkeypatch):
    names = [entry.name for entry in STANDARD]
    assert len(set(names)) == len(names) == len({entry.file for entry in STANDARD})
    assert set(ENCODERS) - {entry.encoder for entry in STANDARD} == {"toy_cnn", "toy_cnn_v2"}
    for entry in STANDARD:
        assert entry.encoder in ENCODERS
        assert standard(entry.file) is standard(entry.name) and entry.address == ADDRESS + entry.file
        assert f"-{entry.digits}.pth" in entry.file
    assert digits_in("resnet50.pth") is None and digits_in("a-0676BA61.pth") is None
    monkeypatch.setenv("MINISAT_WEIGHTS", str(tmp_path / "ours"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    assert find_standard(STANDARD[0]) is None
    (tmp_path / "hub" / "checkpoints" / STANDARD[0].file).touch()
    assert find_standard(STANDARD[0]) == tmp_path / "hub" / "checkpoints" / STANDARD[0].file


@pytest.mark.peer
def test_the_catalogue_says_what_torchvision_says():
    models = pytest.importorskip("torchvision.models")
    for entry in STANDARD:
        published = list(models.get_model_weights(entry.encoder))
        weights = published[-1] if entry.name.endswith("-v2") else published[0]
        assert weights.url == entry.address
        assert weights.meta["_file_size"] == entry.mebibytes
        assert weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] == entry.top1


def test_check_says_what_a_file_is(file, capsys):
    assert main(["weights", "check", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "torch zip, 51 tensors (1 × int64, 50 × float32)" in printed
    assert "under 'state_dict', each after 'module.'" in printed
    assert "squeezenet1_1, without a classifier: it fits" in printed
    assert main(["weights", "check", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["encoder"] == "squeezenet1_1" and report["fits"] and report["hash_matches"] is None
    assert report["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_check_names_everything_that_does_not_fit(file, arrays, capsys):
    assert main(["weights", "check", str(file), "--encoder", "mobilenet_v2", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["fits"] and len(report["unexpected"]) == 50 and "features.0.0.weight" in report["missing"]
    changed = {**arrays, "features.0.bias": np.zeros(3, np.float32), "more": np.zeros(2, np.float16)}
    del changed["features.3.squeeze.bias"]
    file.write_bytes(checkpoint(changed, "legacy"))
    assert main(["weights", "check", str(file)]) == 1
    printed = capsys.readouterr().out
    for line in ("missing (1)", "features.3.squeeze.bias", "unexpected (1)", "more", "misshapen (1)",
                 "features.0.bias: (3,) instead of (64,)", "it does not fit", "1 × float16"):
        assert line in printed
    file.write_bytes(checkpoint({"w": np.zeros(3)}, "zip"))
    assert main(["weights", "check", str(file)]) == 1
    assert "encoder   none" in capsys.readouterr().out


def test_check_holds_the_hash_against_the_name(file, capsys):
    digits = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    for name, code, said in ((digits, 0, "as its name says"), ("00000000", 1, "not the file it claims to be")):
        path = file.rename(file.with_name(f"squeezenet-{name}.pth"))
        assert main(["weights", "check", str(path)]) == code
        assert said in capsys.readouterr().out
        file = path


def test_convert_keeps_every_number(file, arrays, tmp_path, capsys):
    out = tmp_path / "converted.safetensors"
    assert main(["weights", "convert", str(file), str(out)]) == 0
    encoder = load_weights(build("squeezenet1_1", rng=0), out)
    for name, array in encoder.torchvision_state().items():
        np.testing.assert_array_equal(array, arrays[name])
    assert read_weights(out)["bn.num_batches_tracked"].shape == ()
    with safe_open(out, framework="numpy") as opened:
        metadata = opened.metadata()
    assert metadata["encoder"] == "squeezenet1_1" and metadata["converted_from"] == "squeezenet.pth"
    assert metadata["converted_from_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    again = tmp_path / "again.safetensors"
    assert main(["weights", "convert", str(out), str(again)]) == 0 and again.exists()
    assert main(["weights", "convert", str(file), str(tmp_path / "out.pth")]) == 2
    assert "should end in .safetensors" in capsys.readouterr().err


@pytest.mark.skipif(resource is None, reason="needs limits as POSIX has them")
def test_convert_on_a_full_disk_is_one_sentence(file, tmp_path, capsys):
    """No file may grow beyond 100 kB here: the old file stays, and no part of the new one."""
    out = tmp_path / "out" / "converted.safetensors"
    out.parent.mkdir()
    out.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        assert main(["weights", "convert", str(file), str(out)]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    error = capsys.readouterr().err
    assert f"Cannot write {out}: File too large." in error and error.count("\n") == 1
    assert out.read_bytes() == b"old" and os.listdir(out.parent) == [out.name]


def test_fetch_downloads_and_verifies(file, tmp_path, monkeypatch, capsys):
    content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    entry = Standard("squeezenet1_1", f"squeezenet1_1-{found[:8]}.pth", len(content) / 2**20, 58.178)
    monkeypatch.setattr(verb, "standard", {"squeezenet1_1": entry}.get)
    monkeypatch.setenv("MINISAT_WEIGHTS", str(tmp_path / "cache"))
    with serving(content) as address:
        assert main(["weights", "fetch", "squeezenet1_1", "--mirror", address, "--json"]) == 0
        path = tmp_path / "cache" / entry.file
        assert json.loads(capsys.readouterr().out) == {"name": "squeezenet1_1", "file": str(path), "sha256": found}
        assert path.read_bytes() == content and main(["weights", "check", str(path)]) == 0
        path.unlink()
        monkeypatch.setattr(Handler, "content", content[:-1])
        assert main(["weights", "fetch", "squeezenet1_1", "--mirror", address]) == 2
        assert "It was thrown away" in capsys.readouterr().err and not path.exists()


def test_mistakes_are_one_sentence(tmp_path, capsys):
    (tmp_path / "page.pth").write_text("<html>")
    for arguments, said in ((["check", str(tmp_path / "page.pth")], "it is a web page"),
                            (["check", str(tmp_path / "none")], "No such file"),
                            (["convert", str(tmp_path), str(tmp_path / "o.safetensors")], "Is a directory"),
                            (["fetch", "resnet51"], "There are no standard weights 'resnet51'"),
                            (["fetch", "resnet18", "--out", str(tmp_path), "--mirror", "http://127.0.0.1:9"],
                             "Cannot reach http://127.0.0.1:9/resnet18-f37072fd.pth")):
        assert main(["weights", *arguments]) == 2
        error = capsys.readouterr().err
        assert said in error and error.count("\n") == 1
