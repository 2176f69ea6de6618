"""All twelve networks against torchvision's numbers: maps, classes and gradients, with weights from a formula."""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from encoder_formula import assert_matches, direction, image, state

from minisat.vision import build

EXPECTED = json.loads((Path(__file__).parent / "expected_encoders.json").read_text())
# Their classifiers have up to 124 million weights: float64 is left to -m slow, and so are VGG-19's (VGG-16's again).
HUGE = ("alexnet", "vgg16", "vgg19")


def _built(name, classifier):
    """(encoder with the formula's weights, the CRC-32 over its float32 tensors in torchvision's order)."""
    encoder = build(name, classifier, rng=0).eval()
    shapes = {key: array.shape for key, array in encoder.torchvision_state().items()}
    weights = state(shapes, **EXPECTED[name]["formula"])
    encoder.load_state_dict(weights)
    crc = 0
    for array in weights.values():
        crc = zlib.crc32(array.astype("<f4", copy=False), crc)
    return encoder, crc


def _as_map(grid, shape):
    """(N, L, D) → (N, D, h, w)."""
    return grid.transpose(0, 2, 1).reshape(shape)


def _check_runs(encoder, dtype, tolerance):
    encoder.astype(dtype)
    for run in EXPECTED[encoder.name]["runs"]:
        x = image(run["input"])
        assert zlib.crc32(x.astype("<f4", copy=False)) == run["input_crc32"]
        if hasattr(encoder, "transform_input"):
            encoder.transform_input.on.data[...] = run["transform_input"]
        x, found = x.astype(dtype), dict(run["tensors"])
        classes, last = found.pop("logits"), encoder.grid_names[-1]
        grids = encoder.grids(x)
        assert list(grids) == [*found, "global"]
        for name, expected in found.items():
            assert grids[name].dtype == dtype
            assert_matches(_as_map(grids[name], expected["shape"]), expected, tolerance)
        if encoder.head:
            square = run["input"][2] == run["input"][3]  # then the last map is at hand, and the rest is quick
            logits = encoder.logits(grids[last], after=last) if square else encoder.logits(x)
            assert_matches(logits, classes, tolerance)
            assert np.argsort(-logits[0])[:5].tolist() == run["top5"]


def _check(name, classifier, dtypes):
    """Maps and classes to 2e-5 in float32 and to 1e-9 in float64, of the standard deviation and of the norm."""
    encoder, crc = _built(name, classifier)
    if classifier:  # a tensor depends on its name, so this proves all names, shapes and their order
        assert crc == EXPECTED[name]["weights_crc32"]
    for dtype in dtypes:
        _check_runs(encoder, dtype, {"float32": 2e-5, "float64": 1e-9}[dtype])


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in HUGE])
def test_maps_and_classes_are_torchvisions(name):
    _check(name, True, ("float32", "float64"))


@pytest.mark.parametrize("name", HUGE)
def test_maps_before_huge_classifiers_are_torchvisions(name):
    _check(name, False, ("float64",) if name in HUGE[:2] else ("float32", "float64"))


@pytest.mark.parametrize("name", HUGE[:2])
def test_maps_and_classes_of_huge_classifiers_are_torchvisions_in_float32(name):
    _check(name, True, ("float32",))


@pytest.mark.slow
@pytest.mark.parametrize("name", HUGE)
def test_classes_of_huge_classifiers_are_torchvisions_in_float64_too(name):
    _check(name, True, ("float32", "float64"))


@pytest.mark.parametrize("name", [name for name in EXPECTED if "backward" in EXPECTED[name]])
def test_gradients_are_torchvisions_back_to_the_image(name):
    """To 1e-8 in float64, through the whole network."""
    encoder, backward = _built(name, classifier=False)[0].astype("float64"), EXPECTED[name]["backward"]
    x = image(EXPECTED[name]["runs"][0]["input"]).astype(np.float64)
    x.setflags(write=False)
    _, cache = encoder.forward(x, grid=backward["grid"])
    N, D, h, w = backward["shape"]
    dx = encoder.backward(direction((N, D, h, w)).reshape(N, D, h * w).transpose(0, 2, 1), cache)
    for _, parameter in encoder.named_parameters():
        parameter.data[...] = parameter.grad     # so that the gradients too can be read under torchvision's names
    gradients = {"input": dx, **encoder.torchvision_state()}
    for key, expected in backward["gradients"].items():
        assert_matches(gradients[key], expected, 1e-8)
