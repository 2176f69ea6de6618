"""Names: wrappers opened, prefixes removed, timm's names translated, the encoder recognised, misfits told."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.vision import ENCODERS, build
from minisat.vision.weights.naming import named_weights
from minisat.vision.weights.recognition import classes, recognise
from minisat.vision.weights.stored import StoredTensor


def stored(shapes):
    """{name: StoredTensor of zeros} for {name: shape}; no memory is taken."""
    return {name: StoredTensor("float32", np.broadcast_to(np.float32(0), shape)) for name, shape in shapes.items()}


@pytest.mark.parametrize("path, prefix, wrapper", [
    ((), "", ""), (("state_dict",), "", "state_dict"), (("model",), "module.", "model"),
    (("model", "state_dict"), "", "model.state_dict"), ((), "module._orig_mod.", ""), (("net",), "backbone.", "net")])
def test_wrappers_and_prefixes(path, prefix, wrapper):
    value = stored({f"{prefix}conv1.weight": (2, 3), f"{prefix}fc.bias": (4,)})
    for key in reversed(path):
        value = {"epoch": 3, key: value, "best": StoredTensor("float32", np.zeros(()))}
    found = named_weights(value, "w.pth")
    assert list(found.tensors) == ["conv1.weight", "fc.bias"]
    assert (found.wrapper, found.prefix, found.naming) == (wrapper, prefix, "torchvision")


def test_a_prefix_of_some_names_only_is_no_prefix():
    value = stored({"model.weight": (1,), "fc.bias": (1,)})
    assert named_weights(value, "w").tensors == value


@pytest.mark.parametrize("value", [
    {}, {"epoch": 3}, [1], None, StoredTensor("float32", np.zeros(3)), {"state_dict": {}}, {3: stored({"w": ()})["w"]}])
def test_what_holds_no_names_is_one_sentence(value):
    with pytest.raises(UserError, match="w.pth holds no named tensors"):
        named_weights(value, "w.pth")


def test_control_characters_are_refused():
    with pytest.raises(UserError, match="control characters"):
        named_weights(stored({"a\x1b[31m": (1,)}), "w.pth")


def test_a_wrapper_in_itself_ends():
    value = {}
    value["model"] = value
    with pytest.raises(UserError, match="no named tensors"):
        named_weights(value, "w.pth")


TIMM_VGG = {"features.0.weight": (64, 3, 3, 3), "pre_logits.fc1.weight": (6, 2, 7, 7), "pre_logits.fc1.bias": (6,),
            "pre_logits.fc2.weight": (6, 6, 1, 1), "pre_logits.fc2.bias": (6,), "head.fc.weight": (10, 6)}
TIMM_MOBILENET = {
    "conv_stem.weight": "features.0.0.weight", "bn1.running_var": "features.0.1.running_var",
    "blocks.0.0.conv_dw.weight": "features.1.conv.0.0.weight", "blocks.0.0.bn1.bias": "features.1.conv.0.1.bias",
    "blocks.0.0.conv_pw.weight": "features.1.conv.1.weight", "blocks.0.0.bn2.weight": "features.1.conv.2.weight",
    "blocks.1.0.conv_pw.weight": "features.2.conv.0.0.weight", "blocks.1.1.bn1.bias": "features.3.conv.0.1.bias",
    "blocks.2.2.conv_dw.weight": "features.6.conv.1.0.weight", "blocks.6.0.bn2.bias": "features.17.conv.1.1.bias",
    "blocks.6.0.conv_pwl.weight": "features.17.conv.2.weight", "blocks.6.0.bn3.weight": "features.17.conv.3.weight",
    "conv_head.weight": "features.18.0.weight", "bn2.weight": "features.18.1.weight",
    "classifier.weight": "classifier.1.weight"}


def test_timms_names_become_torchvisions():
    found = named_weights(stored({name: (1,) for name in TIMM_MOBILENET}), "w")
    assert list(found.tensors) == list(TIMM_MOBILENET.values()) and found.naming == "timm"
    found = named_weights(stored(TIMM_VGG), "w")
    assert {name: tensor.shape for name, tensor in found.tensors.items()} == {
        "features.0.weight": (64, 3, 3, 3), "classifier.0.weight": (6, 98), "classifier.0.bias": (6,),
        "classifier.3.weight": (6, 6), "classifier.3.bias": (6,), "classifier.6.weight": (10, 6)}
    other = stored({"conv_stem.weight": (1,), "blocks.0.0.se.conv_reduce.weight": (1,)})   # an EfficientNet
    assert list(named_weights(other, "w").tensors) == list(other)


@pytest.mark.parametrize("name", ["squeezenet1_1", "mobilenet_v2", "googlenet"])
@pytest.mark.parametrize("classifier", [False, True])
def test_an_encoder_is_recognised_by_its_weights(name, classifier):
    state = build(name, classifier, rng=0).torchvision_state()
    assert recognise(state) == name and classes(name, state) == (1000 if classifier else None)


def test_the_toy_cnn_is_recognised_and_what_is_of_no_encoder_is_not():
    state = build("toy_cnn", rng=0).torchvision_state()
    assert recognise(state) == "toy_cnn" and classes("toy_cnn", state) is None
    assert recognise({"conv1.weight": state["conv4.weight"]}) is None


def test_misfits_are_all_named():
    encoder = build("squeezenet1_1", rng=0)
    state = encoder.torchvision_state()
    assert encoder.misfits(state) == ([], [], [])
    del state["features.0.weight"]
    state.update(stored({"more": (2,), "features.0.bias": (3,), "bn.num_batches_tracked": ()}))
    assert encoder.misfits(state) == (["features.0.weight"], ["more"], [("features.0.bias", (3,), (64,))])


def test_all_twelve_are_recognised_by_torchvisions_names(data_folder):
    for path in sorted((data_folder / "encoders" / "names_and_shapes").glob("*.json")):
        table = next(value for value in json.loads(path.read_text()).values() if isinstance(value, list))
        shapes = {entry["name"]: SimpleNamespace(shape=tuple(entry["shape"])) for entry in table}
        assert recognise(shapes) == path.stem and classes(path.stem, shapes) == 1000 and path.stem in ENCODERS


@pytest.mark.peer
def test_timms_networks_fit():
    """Names and shapes of every network that timm has too; and MobileNet v2 gives timm's own numbers."""
    timm, torch = pytest.importorskip("timm"), pytest.importorskip("torch")
    for theirs, ours in {"resnet18": "resnet18", "resnet50": "resnet50", "vgg16": "vgg16", "vgg19": "vgg19",
                         "inception_v3": "inception_v3", "mobilenetv2_100": "mobilenet_v2"}.items():
        with torch.device("meta"):
            state = timm.create_model(theirs).state_dict()
        found = named_weights(stored({name: tuple(tensor.shape) for name, tensor in state.items()}), "w").tensors
        assert recognise(found) == ours
        if ours not in ("vgg16", "vgg19"):   # large, and the same names as torchvision's but for the three layers above
            assert build(ours, classifier=True, rng=0).misfits(found) == ([], [], [])
    torch.manual_seed(0)
    network = timm.create_model("mobilenetv2_100").eval()
    images = torch.randn(2, 3, 64, 64)
    state = {name: StoredTensor(str(tensor.dtype).removeprefix("torch."), tensor.numpy())
             for name, tensor in network.state_dict().items()}
    encoder = build("mobilenet_v2", classifier=True, rng=0).eval()
    encoder.load_state_dict({name: tensor.array() for name, tensor in named_weights(state, "w").tensors.items()})
    with torch.no_grad():
        expected = network(images).numpy()
    np.testing.assert_allclose(encoder.logits(images.numpy()), expected, atol=1e-4 * np.abs(expected).max())
