"""`minisat classify`: the best classes of each photo, where the names come from, and mistakes in one sentence."""

import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from minisat.cli.main import main
from minisat.vision import build
from minisat.vision.imagenet import imagenet_classes


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """SqueezeNet's weights, whose classifier always says "goldfish", a little less "tench", and nothing else."""
    tensors = dict(build("squeezenet1_1", classifier=True, rng=0).torchvision_state())
    tensors["classifier.1.weight"] = np.zeros((1000, 512, 1, 1), np.float32)
    tensors["classifier.1.bias"] = np.eye(1000, dtype=np.float32)[1] * 9 + np.eye(1000, dtype=np.float32)[0] * 8
    path = tmp_path_factory.mktemp("weights") / "goldfish.safetensors"
    save_file(tensors, path)
    return path


@pytest.fixture
def photo(tmp_path, rng):
    path = tmp_path / "photo.png"
    Image.fromarray(rng.integers(0, 256, (70, 90, 3), dtype=np.uint8)).save(path)
    return path


def _classify(*arguments):
    return main(["classify", *map(str, arguments), "--device", "cpu"])


def test_the_best_classes_with_their_source(weights, photo, capsys):
    assert _classify(photo, "--weights", weights, "--encoder", "squeezenet1_1", "--top", "2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(photo)
    assert lines[1].endswith("goldfish (1)") and lines[2].endswith("tench (0)")
    assert len(lines) == 4 and "squeezenet1_1" in lines[3] and "torchvision 0.28.0 (BSD 3-Clause licence)" in lines[3]


def test_json_has_probabilities_and_the_network_is_recognised(weights, photo, capsys):
    assert _classify(photo.parent, "--weights", weights, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["image"], result["encoder"], len(result["classes"])) == (str(photo), "squeezenet1_1", 5)
    total = np.exp(9) + np.exp(8) + 998
    assert result["classes"][0] == {"class": 1, "name": "goldfish", "probability": round(float(np.exp(9) / total), 6)}


def test_one_broken_photo_does_not_stop_the_rest(weights, photo, capsys):
    broken = photo.with_name("broken.jpg")
    broken.write_bytes(b"no photo")
    assert _classify(broken, photo, "--weights", weights) == 2
    captured = capsys.readouterr()
    assert "Cannot read the photo" in captured.err and "goldfish" in captured.out


def test_mistakes_are_one_sentence(weights, photo, tmp_path, capsys):
    features = {name: array for name, array in build("squeezenet1_1", rng=0).torchvision_state().items()}
    save_file(features, tmp_path / "features.safetensors")
    save_file({"a": np.zeros(3)}, tmp_path / "other.safetensors")
    for arguments, sentence in (
            (("--weights", tmp_path / "features.safetensors"), "without its classifier"),
            (("--weights", tmp_path / "other.safetensors"), "say which with --encoder"),
            (("--weights", weights, "--encoder", "vgg16"), "These are not the weights of vgg16"),
            (("--weights", weights, "--top", 0), "--top: must be in [1, 1000]"),
            (("--weights", tmp_path / "gone.pth"), "gone.pth")):
        assert _classify(photo, *arguments) == 2
        captured = capsys.readouterr()
        assert sentence in captured.err and captured.err.count("\n") == 1 and not captured.out


def test_the_list_has_every_class_in_the_usual_order():
    names = imagenet_classes()
    assert len(names) == len(set(names)) == 1000
    assert (names[0], names[207], names[999]) == ("tench", "golden retriever", "toilet tissue")


def test_real_weights_see_real_things(data_folder, capsys):
    """MobileNet v2 sees dogs in most photos whose captions all speak of a dog."""
    from_file = data_folder / "weights" / "mobilenet_v2.safetensors"
    captions = data_folder / "flickr8k" / "Flickr8k.token.txt"
    if not (from_file.exists() and captions.exists()):
        pytest.skip(f"needs {from_file} and {captions}")
    dogs = {}
    for line in captions.read_text("utf-8").splitlines():
        name, caption = line.split("\t")
        dogs[name.split("#")[0]] = dogs.get(name.split("#")[0], 0) + (" dog " in f" {caption.lower()} ")
    photos = [captions.parent / "Images" / name for name, count in dogs.items() if count == 5]
    photos = [path for path in photos if path.exists()][:12]
    assert _classify(*photos, "--weights", from_file, "--json") == 0
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    breeds = range(151, 269)  # ImageNet's dogs
    assert sum(any(entry["class"] in breeds for entry in result["classes"]) for result in results) >= 8
