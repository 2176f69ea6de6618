"""How encoders take weights: torchvision's names and layouts, strictly; what is optional; what the input must be."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from minisat.errors import UserError
from minisat.nn import BatchNorm2d, Linear
from minisat.vision import build, load_weights
from minisat.vision.encoders import Encoder


class _WithEveryKindOfWeight(Encoder):
    name = "every kind"

    def __init__(self):
        self.norm, self.fc = BatchNorm2d(3), Linear(3, 2, rng=0)

    def stages(self):
        return [("norm", self.norm), ("fc", self.fc)]


def test_foreign_names_are_mapped_and_linear_layers_transposed(rng):
    encoder = _WithEveryKindOfWeight()
    state = {"norm.weight": rng.standard_normal(3), "norm.bias": rng.standard_normal(3),
             "norm.running_mean": rng.standard_normal(3), "norm.running_var": rng.uniform(1, 2, 3),
             "norm.num_batches_tracked": np.array(7), "fc.weight": rng.standard_normal((2, 3)),
             "fc.bias": rng.standard_normal(2)}
    encoder.load_state_dict(state)
    for ours, theirs in ((encoder.norm.gamma, "norm.weight"), (encoder.norm.beta, "norm.bias"),
                         (encoder.norm.running_mean, "norm.running_mean"), (encoder.fc.b, "fc.bias")):
        np.testing.assert_array_equal(ours.data, state[theirs].astype(np.float32))
    np.testing.assert_array_equal(encoder.fc.W.data, state["fc.weight"].T.astype(np.float32))
    assert encoder.fc.W.data.dtype == np.float32


def _weights(name, classifier=True):
    """{torchvision's name: array} of a random encoder, with the entries that real files have besides."""
    own = build(name, classifier, rng=1).torchvision_state()
    counters = {key.replace("running_var", "num_batches_tracked"): np.array(3) for key in own if "running_var" in key}
    return {**own, **counters}


def test_the_classifier_is_optional_and_its_weights_then_ignored():
    weights = _weights("squeezenet1_1")
    encoder = build("squeezenet1_1", rng=0)
    encoder.load_state_dict(weights)
    np.testing.assert_array_equal(encoder.features[0].W.data, weights["features.0.weight"])
    assert "classifier.1.weight" in weights and "classifier.1.weight" not in encoder.torchvision_state()
    without = {name: array for name, array in weights.items() if name.startswith("features.")}
    encoder.load_state_dict(without)
    with pytest.raises(UserError, match="classifier.1.weight is missing"):
        build("squeezenet1_1", classifier=True, rng=0).load_state_dict(without)


def test_loading_is_strict_on_names_and_shapes_and_changes_nothing_on_failure():
    encoder, weights = build("squeezenet1_1", rng=0), _weights("squeezenet1_1")
    before = encoder.features[0].W.data.copy()
    bad = {**weights, "features.13.weight": np.zeros(3), "features.0.bias": np.zeros(63)}
    del bad["features.12.squeeze.bias"]
    with pytest.raises(UserError) as report:
        encoder.load_state_dict(bad)
    assert "features.12.squeeze.bias is missing" in str(report.value)
    assert "features.13.weight is unexpected" in str(report.value)
    assert "features.0.bias has shape (63,) instead of (64,)" in str(report.value)
    np.testing.assert_array_equal(encoder.features[0].W.data, before)


def test_auxiliary_classifiers_are_skipped_but_nothing_else():
    encoder, weights = build("googlenet", rng=0), _weights("googlenet")
    auxiliary = {"aux1.conv.conv.weight": np.zeros((128, 512, 1, 1)), "aux2.fc2.bias": np.zeros(1000)}
    encoder.load_state_dict({**weights, **auxiliary})
    np.testing.assert_array_equal(encoder.inception5b.branch1.conv.W.data, weights["inception5b.branch1.conv.weight"])
    with pytest.raises(UserError, match="These are not the weights of googlenet: aux3.weight is unexpected"):
        encoder.load_state_dict({**weights, "aux3.weight": np.zeros(1)})
    with pytest.raises(UserError, match="aux1.conv.conv.weight is unexpected"):
        build("resnet18", rng=0).load_state_dict({**_weights("resnet18"), **auxiliary})


@pytest.mark.parametrize("choice", [None, True, False])
def test_transform_input_follows_weights_from_a_file_unless_told(tmp_path, rng, choice):
    """Pretrained weights expect (p − 0.5) / 0.5; the constructor alone changes nothing, and its word is final."""
    save_file(_weights("googlenet", classifier=False), tmp_path / "googlenet.safetensors")
    encoder = build("googlenet", rng=0, transform_input=choice).eval()
    assert encoder.transform_input.on.data == bool(choice)
    load_weights(encoder, tmp_path / "googlenet.safetensors")
    assert encoder.transform_input.on.data == (choice is not False)
    pixels = rng.random((1, 3, 32, 32)).astype(np.float32)
    shape = (3, 1, 1)
    mean, std = np.reshape([0.485, 0.456, 0.406], shape), np.reshape([0.229, 0.224, 0.225], shape)
    expected = (pixels - 0.5) / 0.5 if choice is not False else (pixels - mean) / std
    found = encoder.transform_input(((pixels - mean) / std).astype(np.float32))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_a_checkpoint_keeps_what_the_input_must_be():
    assert "transform_input.on" in build("inception_v3", rng=0).state_dict()
    assert not any("transform" in name for name in build("inception_v3", rng=0).torchvision_state())


@pytest.mark.parametrize("name", ["squeezenet1_1", "mobilenet_v2"])
def test_real_weights_load(data_folder, name):
    path = data_folder / "weights" / f"{name}.safetensors"
    if not path.exists():
        pytest.skip(f"there is no {path}")
    encoder = load_weights(build(name, rng=0).eval(), path)
    features = encoder(np.zeros((1, 3, 224, 224), np.float32))
    assert features.shape == (1, *encoder.grid_shape()) and np.isfinite(features).all() and features.max() > 1
