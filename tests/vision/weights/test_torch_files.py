"""torch's checkpoints, both formats: good ones read exactly; hostile, lying and damaged ones are one sentence."""

import io
import json
import os
import struct
import warnings
import zipfile

import numpy as np
import pytest
from checkpoint_files import (
    Call,
    Name,
    Raw,
    Tensor,
    checkpoint,
    legacy_checkpoint,
    pickled,
    state_of,
    zip_checkpoint,
)

from minisat.errors import UserError
from minisat.vision import read_weights
from minisat.vision.weights import read_checkpoint
from minisat.vision.weights.stored import LAYOUTS, StoredTensor

ARRAYS = {"conv.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2), "conv.bias": np.array([1.5, -2.0]),
          "half": np.array([[0.1, 65504.0]], np.float16), "count": np.array(7), "flags": np.array([True, False]),
          "none": np.zeros((0, 3), np.float32)}
SIX = {"0": np.arange(6, dtype=np.float32).tobytes()}   # a storage of six numbers
BOTH = pytest.mark.parametrize("kind", ["zip", "legacy"])


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """Every test runs in an empty folder beside its files, which must be empty when it ends: nothing was executed."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield
    assert os.listdir(folder) == []


@pytest.fixture
def write(tmp_path):
    """bytes → the path of a file with them."""
    def to_file(content, name="w.pth"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name
    return to_file


def six(**changes):
    """A file with one tensor over a storage of six numbers, of shape (2, 3) unless told otherwise."""
    tensor = Tensor("0", "float32", 6, (2, 3), (3, 1))._replace(**changes)
    return zip_checkpoint({"w": tensor}, SIX)


def assert_refused(path, match):
    with pytest.raises(UserError, match=match) as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


@BOTH
def test_a_state_dict_is_read_exactly(write, kind):
    found = read_weights(write(checkpoint(ARRAYS, kind)))
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == (np.float32 if array.dtype == np.float16 else array.dtype)
        np.testing.assert_array_equal(found[name], array)


@BOTH
@pytest.mark.parametrize("wrap", [lambda tree: {"epoch": 3, "state_dict": tree},
                                  lambda tree: {"model": {f"module.{name}": item for name, item in tree.items()}},
                                  lambda tree: Call("collections OrderedDict", ([*tree.items()],), {"_metadata": 1})],
                         ids=["state_dict", "module", "metadata"])
def test_wrapped_ones_are_read_too(write, kind, wrap):
    found = read_weights(write(checkpoint(ARRAYS, kind, wrap)))
    assert list(found) == list(ARRAYS)


@BOTH
def test_bfloat16_is_raised(write, kind):
    tree, words = {"w": Tensor("0", "bfloat16", 3, (3,), (1,))}, struct.pack("<3H", 0x3F80, 0xC000, 0x7F80)
    content = zip_checkpoint(tree, {"0": words}) if kind == "zip" else legacy_checkpoint(tree, {"0": words}, {"0": 2})
    array = read_weights(write(content))["w"]
    assert array.dtype == np.float32 and array.tolist() == [1.0, -2.0, np.inf]


def test_views_share_a_storage(write):
    tree = {"whole": Tensor("0", "float32", 6, (2, 3), (3, 1)), "turned": Tensor("0", "float32", 6, (3, 2), (1, 3)),
            "last": Tensor("0", "float32", 6, (2,), (1,), 4), "expanded": Tensor("0", "float32", 6, (3, 2), (0, 1), 1)}
    found = read_weights(write(zip_checkpoint(tree, SIX)))
    whole = np.arange(6, dtype=np.float32).reshape(2, 3)
    for name, array in {"whole": whole, "turned": whole.T, "last": [4, 5], "expanded": [[1, 2]] * 3}.items():
        np.testing.assert_array_equal(found[name], array)


def test_a_storage_may_be_a_view_of_another(write):
    tree = {"w": Tensor("0", "float32", 6, (2,), (1,), 1, (("0v", 2, 3),))}
    assert read_weights(write(legacy_checkpoint(tree, SIX, {"0": 4})))["w"].tolist() == [3, 4]
    for view in ((("0v", 4, 3),), (("0v", -1, 3),), (("0v", 2),), (3,)):
        tree["w"] = tree["w"]._replace(view=view)
        assert_refused(write(legacy_checkpoint(tree, SIX, {"0": 4})), "Cannot read the weights")


def test_a_big_endian_file_is_read(write):
    content = zip_checkpoint({"w": Tensor("0", "float32", 6, (6,), (1,))},
                             {"0": np.arange(6, dtype=">f4").tobytes()}, {"byteorder": b"big"})
    assert read_weights(write(content))["w"].tolist() == [0, 1, 2, 3, 4, 5]


def test_the_kind_is_told_by_the_content(write):
    for kind in ("zip", "legacy"):
        assert read_checkpoint(write(checkpoint(ARRAYS, kind), "w.safetensors")).kind == f"torch {kind}"


# ── hostile: names that must not be looked up, in every pickle of both formats ──

MARKER = Call("posix system", ("touch marker",))


@pytest.mark.parametrize("call", [
    MARKER, Call("os system", ("touch marker",)), Call("builtins eval", ("open('marker', 'w')",)),
    Call("__builtin__ eval", ("open('marker', 'w')",)), Call("io open", ("marker", "w")),
    Raw(b"X\x13\x00\x00\x00torch.serializationX\x09\x00\x00\x00os.system\x93X\x0c\x00\x00\x00touch marker\x85R"),
    Call("torch load", ("x",)), Call("collections OrderedDict.__init__", ()), Name("argparse Namespace")])
def test_only_tensors_and_containers_are_built(write, call):
    tree, storages, itemsizes = state_of(ARRAYS)
    for value in (call, {**tree, "more": call}, [call]):
        assert_refused(write(zip_checkpoint(value, storages)), "it asks for .*nothing in it was run")
        assert_refused(write(legacy_checkpoint(value, storages, itemsizes)), "it asks for")


def test_every_pickle_of_the_legacy_format_is_guarded(write):
    tree, storages, itemsizes = state_of(ARRAYS)
    good = [0x1950A86A20F9469CFC6C, 1001, {}, tree, list(storages)]
    for place in range(5):
        spoilt = [*good[:place], MARKER, *good[place + 1:]]
        assert_refused(write(b"".join(map(pickled, spoilt))), "it asks for posix.system")
    assert_refused(write(pickled(MARKER)), "it asks for")


# ── lies: about shapes, strides, offsets, sizes ──

@pytest.mark.parametrize("changes", [
    {"shape": (4, 3)}, {"strides": (300, 100)}, {"offset": 1}, {"offset": -3}, {"strides": (3, -1)},
    {"shape": (2, -3)}, {"shape": (2,)}, {"strides": (2**62, 2**62)}, {"shape": (2**62, 2)}, {"offset": 2**64},
    {"numel": 7}, {"numel": 5}, {"numel": 2**61}, {"numel": -1}, {"dtype": "float64"}, {"key": "1"},
    {"key": "../data.pkl"}, {"shape": (True, 6)}, {"shape": (1,) * 40, "strides": (1,) * 40},
    {"shape": (2**31, 2**31), "strides": (0, 0)}, {"shape": (0, 2**62), "strides": (0, 0)}], ids=str)
def test_a_tensor_stays_within_its_storage(write, changes):
    assert_refused(write(six(**changes)), "Cannot read the weights .*w.pth")


def test_two_claims_about_one_storage_must_agree(write):
    for other in (Tensor("0", "int32", 6, (6,), (1,)), Tensor("0", "float32", 3, (3,), (1,))):
        assert_refused(write(zip_checkpoint([Tensor("0", "float32", 6, (6,), (1,)), other], SIX)), "contradicts itself")


def test_legacy_storages_must_be_those_that_were_named(write):
    tree = {"w": Tensor("0", "float32", 6, (6,), (1,))}
    for keys in ([], ["1"], ["0", "0"], "0", [0], ["0", "1"]):
        assert_refused(write(legacy_checkpoint(tree, SIX, {"0": 4}, keys)), "storage")
    good = legacy_checkpoint(tree, SIX, {"0": 4})
    assert_refused(write(good.replace(struct.pack("<q", 6), struct.pack("<q", 5))), "another size than it claims")
    huge = {"w": Tensor("0", "float32", 2**40, (6,), (1,))}
    assert_refused(write(legacy_checkpoint(huge, SIX, {"0": 4})), "larger than the file")


# ── bombs ──

NESTED = Raw(b"]" * 100_000 + b"a" * 99_999)
DOUBLED = Raw(b"N" + b"q\x00h\x00\x86" * 50)   # 2⁵⁰ entries for a naive walk
ITSELF = Raw(b"]q\x00h\x00a")
COPIES = Raw(b"(" + b"K\x01" * 90_000 + b"tq\x00" + b"ctorch\nSize\nh\x00\x85R" * 900)   # each call copies 90,000
MEMO = Raw(b"Nr\xff\xff\xff\x7f")   # a memo index of 2³¹: no table of that size
LONG = Raw(b"\x8b" + struct.pack("<i", 50_000) + b"\x7f" * 50_000)
CLAIM = Raw(b"B" + struct.pack("<I", 2**31 - 1) + b"x")   # claims two gigabytes


@pytest.mark.parametrize("value", [NESTED, DOUBLED, ITSELF, COPIES, LONG, CLAIM])
def test_bombs_do_not_go_off(write, value):
    for content in (zip_checkpoint(value, {}), legacy_checkpoint(value, {}, {})):
        assert_refused(write(content), "Cannot read the weights")


def test_a_huge_memo_index_costs_nothing(write):
    assert read_checkpoint(write(zip_checkpoint(MEMO, {}))).value is None


@pytest.mark.parametrize("value", [
    Raw(b"t"), Raw(b"u"), Raw(b"h\x05"), Raw(b"R"), Raw(b"(K\x01u"), Raw(b"}(K\x01u"), Raw(b"}]K\x01s"),
    Raw(b"]N(K\x01e"), Raw(b"K\x05Q"), Raw(b")Q"), Raw(b"\x86"), Raw(b"I01\n"), Raw(b"0"), Raw(b"K\x01)R"),
    Raw(b"K\x01K\x02b"), Raw(b"P1\n"), Raw(b"i" b"os\nsystem\n"), Call("torch Size", (3,)), Call("torch Size", (1, 2)),
    Call("collections OrderedDict", ("ab",)), Call("builtins set", ([[]],)), Call("torch FloatStorage", ()),
    Call("torch._utils _rebuild_parameter", (3, True, None)), Call("torch._utils _rebuild_tensor_v2", ()),
    Call("torch._utils _rebuild_tensor_v2", (3, 0, (1,), (1,), False, None)), {(1, 2): 3}, {2**63: 1}])
def test_ill_formed_pickles_are_one_sentence(write, value):
    assert_refused(write(zip_checkpoint(value, {})), "Cannot read the weights")


def test_zip_bombs_are_refused(write):
    tree = {"w": Tensor("0", "float32", 10**7, (10**7,), (1,))}
    bomb = zip_checkpoint(tree, {"0": bytes(4 * 10**7)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert_refused(write(bomb), "compressed, which torch never does")
    content = bytearray(six())
    entry = content.rindex(b"PK\x01\x02", 0, content.index(b"archive/data/0", content.index(b"PK\x01\x02")))
    content[entry + 20:entry + 28] = struct.pack("<II", 2**30, 2**30)   # both sizes in the table of contents
    assert_refused(write(bytes(content)), "larger than the file")


@pytest.mark.parametrize("record", ["data.pkl", "data/0"])
def test_two_records_of_one_name_are_refused(write, record):
    """The table of contents gives the last, a reader from the front the first."""
    file = io.BytesIO(six())
    with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(f"archive/{record}", archive.read(f"archive/{record}"))
    assert_refused(write(file.getvalue()), "two records of one name")


def test_other_archives_are_named(write):
    assert_refused(write(zip_checkpoint({}, {}, {"constants.pkl": b""})), "a TorchScript program")
    archive = zip_checkpoint({}, {}).replace(b"data.pkl", b"data.txt")
    assert_refused(write(archive), "not one of torch's")
    assert_refused(write(zip_checkpoint({}, {}, {"byteorder": b"middle"})), "byte order")


# ── damage ──

@BOTH
def test_no_truncation_is_accepted(write, kind):
    content = checkpoint(ARRAYS, kind)
    for end in range(0, len(content), 7):
        assert_refused(write(content[:end]), "Cannot read the weights")


@BOTH
def test_flipped_bytes_never_do_more_than_be_refused(write, kind, rng):
    """Whatever is changed, the file is read (numbers may differ) or refused in one sentence."""
    content, read = checkpoint(ARRAYS, kind), 0
    for _ in range(500):
        damaged = bytearray(content)
        for place in rng.integers(len(damaged), size=rng.integers(1, 4)):
            damaged[place] = rng.integers(256)
        try:
            read_weights(write(bytes(damaged)))
            read += 1
        except UserError as error:
            assert "\n" not in str(error)
    assert 0 < read < 450


# ── files that torch itself wrote ──

def same(found, expected):
    """Whether a value read equals a value of expected.json."""
    if isinstance(expected, dict) and "tensor" in expected:
        want = expected["tensor"]
        layout = np.dtype(LAYOUTS[want["dtype"]]).newbyteorder("<")
        return (isinstance(found, StoredTensor) and found.dtype == want["dtype"] and list(found.shape) == want["shape"]
                and np.ascontiguousarray(found.raw).astype(layout).tobytes().hex() == want["hex"])
    if isinstance(expected, dict) and "dict" in expected:
        return list(found) == [key for key, _ in expected["dict"]] and all(
            same(found[key], item) for key, item in expected["dict"])
    if isinstance(expected, dict):
        (kind, items), = expected.items()
        return type(found).__name__ == kind and len(found) == len(items) and all(map(same, found, items))
    return type(found) is type(expected) and found == expected


def test_files_from_torch_are_read_exactly_and_hostile_ones_refused(data_folder):
    folder = data_folder / "encoders" / "checkpoints"
    expected = json.loads((folder / "expected.json").read_text())
    assert len(expected["load"]) == 23 and len(expected["refuse"]) == 17
    for name, entry in expected["load"].items():
        found = read_checkpoint(folder / name)
        assert found.kind == f"torch {entry['format']}" and same(found.value, entry["value"]), name
    for name in expected["refuse"]:
        assert_refused(folder / name, "Cannot read the weights")


@pytest.mark.peer
@BOTH
def test_torch_reads_the_same(write, tmp_path, kind):
    """What torch saves is read as torch reads it, and our own test files are what torch takes for checkpoints."""
    torch = pytest.importorskip("torch")
    state = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3)).half().state_dict()
    torch.save({"state_dict": state}, tmp_path / "saved.pt", _use_new_zipfile_serialization=kind == "zip")
    found = read_weights(tmp_path / "saved.pt")
    assert list(found) == list(state)
    for name, tensor in state.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())
    content = checkpoint(ARRAYS, kind, lambda tree: {name: tensor._replace(view=() if kind == "zip" else (None,))
                                                     for name, tensor in tree.items()})
    ours = torch.load(write(content), weights_only=True)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(ours[name].numpy(), array)
