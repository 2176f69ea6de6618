"""All twelve networks beside torchvision's own: other sizes, odd ones, and batches, in float64."""

import numpy as np
import pytest

from minisat.vision import ENCODERS, build

NETWORKS = [name for name in ENCODERS if name != "toy_cnn"]
SHAPES = {"alexnet": [(3, 3, 95, 131), (2, 3, 63, 64)], "inception_v3": [(2, 3, 75, 98), (1, 3, 107, 81)]}
SOME = [(3, 3, 75, 98), (2, 3, 64, 57), (1, 3, 33, 32)]


@pytest.fixture(scope="module")
def torchvision():
    """The peer; an installation that does not fit its torch counts as missing."""
    try:
        import torchvision
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"parity with torchvision needs it: {error}")
    return torchvision


def _pair(torchvision, name, rng, **choices):
    """(our encoder, torchvision's network) with the same random weights, both in float64 and evaluation mode."""
    torch = pytest.importorskip("torch")
    classifier = not name.startswith("vgg")  # VGG's is AlexNet's with other sizes, and takes a gigabyte
    encoder = build(name, classifier, rng=rng, **choices).eval()
    for key, array in encoder.torchvision_state().items():
        if "running" in key or array.ndim == 1:
            array[...] = rng.uniform(0.5, 1.5, array.shape) * (1.0 if "var" in key else 0.3)
        elif array.ndim == 2:
            array[...] = rng.standard_normal(array.shape) * array.shape[1] ** -0.5
    extra = {"aux_logits": False, "init_weights": False, **choices} if name in ("googlenet", "inception_v3") else {}
    with torch.device("meta"):
        peer = torchvision.models.get_model(name, weights=None, **extra)
        if not classifier:
            peer.classifier = torch.nn.Identity()
    peer = peer.to_empty(device="cpu").double().eval()
    weights = {key: torch.tensor(np.ascontiguousarray(array)).double()
               for key, array in encoder.torchvision_state().items()}
    missing, unexpected = peer.load_state_dict(weights, strict=False)
    assert not unexpected
    assert all("num_batches_tracked" in key for key in missing)
    return encoder.astype("float64"), peer


def _assert_equal(encoder, peer, x):
    torch = pytest.importorskip("torch")
    maps = {}
    for name in encoder.grid_names:
        peer.get_submodule(name).register_forward_hook(
            lambda module, inputs, output, name=name: maps.update({name: output.detach().clone()}))
    body = peer if encoder.head else peer.features
    with torch.no_grad():
        logits = body(torch.tensor(x))
    for name, grid in encoder.grids(x).items():
        if name != "global":
            expected = maps[name].flatten(2).transpose(1, 2).numpy()
            np.testing.assert_allclose(grid, expected, rtol=0, atol=1e-11 * np.abs(expected).max())
    if encoder.head:
        np.testing.assert_allclose(encoder.logits(x), logits.numpy(), rtol=0, atol=1e-11 * float(logits.abs().max()))


@pytest.mark.peer
@pytest.mark.parametrize("name", NETWORKS)
def test_other_sizes_and_batches_equal_torchvision(torchvision, rng, name):
    encoder, peer = _pair(torchvision, name, rng)
    for shape in SHAPES.get(name, SOME):
        _assert_equal(encoder, peer, rng.standard_normal(shape))


@pytest.mark.peer
@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_transform_input_equals_torchvision(torchvision, rng, name):
    encoder, peer = _pair(torchvision, name, rng, transform_input=True)
    _assert_equal(encoder, peer, rng.standard_normal((2, 3, 75, 90)))
