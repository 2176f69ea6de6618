"""Weights that no trained network has are refused by every verb that reads them, in one sentence."""

import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from minisat.cli.main import main
from minisat.vision import build
from minisat.vision.soundness import unsound

FIRST = "features.0.weight"


def state(name):
    """The encoder's random weights and classifier under torchvision's names."""
    found = build(name, rng=0, classifier=True).torchvision_state()
    return {key: np.array(array) for key, array in found.items()}


SQUEEZENET, MOBILENET = state("squeezenet1_1"), state("mobilenet_v2")


def spoilt(kind):
    """(encoder, weights) with one kind of fault."""
    if kind == "a negative variance":
        name = next(name for name in MOBILENET if name.endswith("running_var"))
        return "mobilenet_v2", MOBILENET | {name: MOBILENET[name] - 2}
    array = SQUEEZENET[FIRST]
    new = {"not finite": np.where(array == array.max(), np.nan, array), "is all zero": array * 0,
           "whole numbers (int8)": (array * 100).astype(np.int8), "whole numbers (bool)": array > 0}[kind]
    return "squeezenet1_1", SQUEEZENET | {FIRST: new}


KINDS = ["not finite", "is all zero", "whole numbers (int8)", "whole numbers (bool)", "a negative variance"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_verb_takes_them(kind, tmp_path, capsys, squares):
    """check says what is wrong (code 1); classify, features, train and convert refuse (code 2) and leave nothing."""
    encoder, weights = spoilt(kind)
    file, photo = str(tmp_path / "w.safetensors"), str(tmp_path / "p.png")
    save_file({name: np.ascontiguousarray(array) for name, array in weights.items()}, file)
    Image.new("RGB", (32, 32), "red").save(photo)
    assert main(["weights", "check", file]) == 1
    said = capsys.readouterr().out
    assert "it does not fit" in said and "wrong numbers (1)" in said and kind in said
    assert main(["weights", "check", file, "--json"]) == 1
    assert kind in json.loads(capsys.readouterr().out)["unsound"][0][1]
    for command in (["classify", photo, "--weights", file],
                    ["features", str(squares), "--encoder", encoder, "--weights", file, "--out", str(tmp_path / "s")],
                    ["train", str(squares), "--encoder", encoder, "--weights", file, "--run", str(tmp_path / "run")],
                    ["weights", "convert", file, str(tmp_path / "o.safetensors")]):
        assert main(command) == 2, command
        error = capsys.readouterr().err.strip().splitlines()[-1]
        assert f"{file}: These cannot be the weights of a trained network" in error and kind in error
    assert not (tmp_path / "s").exists() and not (tmp_path / "o.safetensors").exists()
    assert not (tmp_path / "run" / "config.json").exists()


def test_sound_weights_are_sound():
    """Zero biases, zero gammas and counters are no fault."""
    good = {"a.weight": np.ones((2, 2, 1, 1)), "a.bias": np.zeros(2), "b.weight": np.zeros(2),
            "b.num_batches_tracked": np.array(3), "b.running_var": np.zeros(2)}
    assert unsound(good) == {} and unsound(SQUEEZENET) == {}


def test_weights_that_lead_to_infinity_name_nothing(tmp_path, capsys):
    """Finite, but so large that the answers are not."""
    save_file({name: array * np.float32(1e18) for name, array in SQUEEZENET.items()}, tmp_path / "w.safetensors")
    Image.fromarray(np.arange(32 * 32 * 3, dtype=np.uint8).reshape(32, 32, 3)).save(tmp_path / "p.png")
    with np.errstate(all="ignore"):
        assert main(["classify", str(tmp_path / "p.png"), "--weights", str(tmp_path / "w.safetensors")]) == 2
    assert "gives no finite numbers" in capsys.readouterr().err


def test_convert_writes_float32(tmp_path, capsys):
    """Double precision too; BatchNorm's counters stay whole; what float32 cannot hold is refused."""
    weights = {name: array.astype(np.float64) for name, array in SQUEEZENET.items()}
    save_file(weights | {"bn.num_batches_tracked": np.array(7)}, tmp_path / "w.safetensors")
    assert main(["weights", "convert", str(tmp_path / "w.safetensors"), str(tmp_path / "o.safetensors")]) == 0
    for name, array in load_file(tmp_path / "o.safetensors").items():
        assert array.dtype == (np.int64 if name.endswith("tracked") else np.float32)
    weights[FIRST][0] = 1e300
    save_file(weights, tmp_path / "w.safetensors")
    assert main(["weights", "convert", str(tmp_path / "w.safetensors"), str(tmp_path / "o2.safetensors")]) == 2
    assert "not finite" in capsys.readouterr().err and not (tmp_path / "o2.safetensors").exists()
