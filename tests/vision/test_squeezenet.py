"""SqueezeNet 1.1 against torchvision's numbers: features, logits and gradients, with weights from a formula."""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from encoder_formula import assert_matches, convolution_state, direction, tensor

from minisat.errors import UserError
from minisat.vision import build, load_weights

EXPECTED = json.loads((Path(__file__).parent / "expected_squeezenet1_1.json").read_text())


def _shapes():
    """{torchvision's name: shape}, written down independently of our encoder."""
    shapes = {"features.0": (64, 3, 3, 3)}
    C = 64
    for i, squeezed, expanded in ((3, 16, 64), (4, 16, 64), (6, 32, 128), (7, 32, 128), (9, 48, 192), (10, 48, 192),
                                  (11, 64, 256), (12, 64, 256)):
        shapes |= {f"features.{i}.squeeze": (squeezed, C, 1, 1), f"features.{i}.expand1x1": (expanded, squeezed, 1, 1),
                   f"features.{i}.expand3x3": (expanded, squeezed, 3, 3)}
        C = 2 * expanded
    shapes["classifier.1"] = (1000, 512, 1, 1)
    return {f"{name}.{kind}": shape if kind == "weight" else shape[:1]
            for name, shape in shapes.items() for kind in ("weight", "bias")}


@pytest.fixture(scope="module")
def state():
    return convolution_state(_shapes())


def _built(state, dtype="float64", **choices):
    encoder = build("squeezenet1_1", rng=0, **choices).astype(dtype).eval()
    encoder.load_state_dict(state)
    return encoder


def _image(size):
    return tensor("input", (1, 3, size, size), 2.0)


def _as_maps(grid, shape):
    """(N, L, D) → (N, D, h, w)."""
    return grid.transpose(0, 2, 1).reshape(shape)


def test_the_formula_is_the_one_the_numbers_were_made_with(state):
    crc = 0
    for array in state.values():
        crc = zlib.crc32(array.astype("<f4").tobytes(), crc)
    assert crc == EXPECTED["weights_crc32"]
    assert zlib.crc32(_image(224).astype("<f4").tobytes()) == EXPECTED["224"]["input_crc32"]


@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-9), ("float32", 2e-5)])
@pytest.mark.parametrize("size", [224, 226])
def test_features_and_logits_are_torchvisions(state, size, dtype, tolerance):
    """226 pixels tell ceil_mode: 14 × 14 instead of 13 × 13."""
    expected, x = EXPECTED[str(size)], _image(size).astype(dtype)
    encoder = _built(state, dtype, classifier=True)
    grid = encoder(x)
    assert grid.dtype == dtype
    assert_matches(_as_maps(grid, expected["shape"]), expected["features.12"], tolerance, dtype)
    assert_matches(encoder.logits(x), expected["logits"], tolerance, dtype)


def test_gradients_are_torchvisions_back_to_the_image(state):
    encoder = _built(state)
    x = _image(224).astype(np.float64)
    x.setflags(write=False)
    grid, cache = encoder.forward(x)
    upstream = direction(EXPECTED["224"]["shape"])
    dx = encoder.backward(upstream.reshape(1, 512, -1).transpose(0, 2, 1), cache)
    ours = dict(encoder.named_parameters())
    for name, expected in EXPECTED["backward"].items():
        gradient = dx if name == "input" else ours[name.replace("weight", "W").replace("bias", "b")].grad
        assert_matches(gradient, expected, 1e-8)


@pytest.mark.peer
@pytest.mark.parametrize("shape", [(3, 3, 75, 98), (1, 3, 31, 33), (2, 3, 64, 57)], ids=str)
def test_other_sizes_and_batches_equal_torch(state, rng, shape):
    torch = pytest.importorskip("torch")
    weights = {name: torch.from_numpy(array).double() for name, array in state.items()}

    def layer(x, name, **geometry):
        return torch.relu(torch.nn.functional.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], **geometry))
    x = rng.standard_normal(shape)
    y = layer(torch.from_numpy(x), "features.0", stride=2)
    for i in range(2, 13):
        if i in (2, 5, 8):
            y = torch.nn.functional.max_pool2d(y, 3, 2, ceil_mode=True)
        else:
            squeezed, name = layer(y, f"features.{i}.squeeze"), f"features.{i}.expand"
            y = torch.cat([layer(squeezed, f"{name}1x1"), layer(squeezed, f"{name}3x3", padding=1)], 1)
    np.testing.assert_allclose(_as_maps(_built(state)(x), y.shape), y.numpy(), rtol=0, atol=1e-12 * float(y.max()))


def test_the_classifier_is_optional_and_its_weights_then_ignored(state):
    encoder = _built(state, "float32")
    with pytest.raises(UserError, match="without its classifier"):
        encoder.logits(_image(64))
    encoder.load_state_dict({name: array for name, array in state.items() if name.startswith("features.")})


def test_loading_is_strict_on_names_and_shapes_and_changes_nothing_on_failure(state):
    encoder = build("squeezenet1_1", rng=0)
    before = encoder.features[0].W.data.copy()
    bad = {**state, "features.13.weight": np.zeros(3), "features.0.bias": np.zeros(63)}
    del bad["features.12.squeeze.bias"]
    with pytest.raises(UserError) as report:
        encoder.load_state_dict(bad)
    assert "features.12.squeeze.bias is missing" in str(report.value)
    assert "features.13.weight is unexpected" in str(report.value)
    assert "features.0.bias has shape (63,) instead of (64,)" in str(report.value)
    np.testing.assert_array_equal(encoder.features[0].W.data, before)
    with pytest.raises(UserError, match="classifier.1.weight is missing"):
        build("squeezenet1_1", classifier=True, rng=0).load_state_dict(
            {name: array for name, array in state.items() if name.startswith("features.")})


def test_real_weights_load(data_folder):
    from_file = data_folder / "weights" / "squeezenet1_1.safetensors"
    if not from_file.exists():
        pytest.skip(f"there is no {from_file}")
    encoder = load_weights(build("squeezenet1_1", rng=0).eval(), from_file)
    features = encoder(np.zeros((1, 3, 224, 224), np.float32))
    assert features.shape == (1, 169, 512) and np.isfinite(features).all() and features.max() > 1
