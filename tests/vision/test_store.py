"""The feature store: what it keeps, what it refuses, and that a writer can be killed at any moment."""

import json

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.vision import FeatureStore, Preprocessing, check_compatible
from minisat.vision.store import StoreWriter

NAMES = [f"{i}.jpg" for i in range(5)]
HEADER = {"encoder": "toy_cnn", "grid": "conv4", "weights": None, "weights_hash": "abc",
          "preprocessing": Preprocessing(64).to_dict(), "names": NAMES, "L": 3, "D": 2}


@pytest.fixture
def features(rng):
    return (rng.standard_normal((5, 3, 2)) * 10).astype(np.float32)


@pytest.fixture
def store(tmp_path, features):
    with StoreWriter(tmp_path / "store", HEADER) as writer:
        writer.append(features[:2], [True, True])
        writer.append(features[2:], [True, False, False], {"4.jpg": "Cannot read it."})
    return FeatureStore.open(tmp_path / "store")


def test_rows_come_back_as_float16_can_hold_them(store, features):
    rows = store.rows(["3.jpg", "0.jpg", "3.jpg"])
    assert rows.dtype == np.int64 and rows.tolist() == [3, 0, 3]
    found = store.gather(rows)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, features[[3, 0, 3]].astype(np.float16).astype(np.float32))


def test_the_scale_is_the_root_mean_square_of_the_training_photos(store, features):
    assert store.scale == pytest.approx(np.sqrt((features[:3].astype(np.float16).astype(float) ** 2).mean()))


def test_numpy_reads_the_file_alone(store):
    assert np.load(store.path / "features.npy", mmap_mode="r").shape == (5, 3, 2)


def test_a_missing_and_a_skipped_photo_are_named(store):
    with pytest.raises(UserError, match="no photo dog.jpg"):
        store.rows(["0.jpg", "dog.jpg"])
    with pytest.raises(UserError, match="4.jpg was left out .*Cannot read it"):
        store.rows(["4.jpg"])


def test_rows_that_were_not_committed_do_not_count(tmp_path, features):
    """As after kill -9: bytes behind the header's count are written again, and the result is the same."""
    with StoreWriter(tmp_path / "a", HEADER) as writer:
        writer.append(features, np.ones(5, bool))
    killed = StoreWriter(tmp_path / "b", HEADER)
    killed.append(features[:2], [True, True])
    killed.commit()
    killed.append(features[2:4] + 99, [True, True])
    killed.close()
    unfinished = FeatureStore.open(tmp_path / "b")
    assert unfinished.done == 2
    with pytest.raises(UserError, match="unfinished .2 of 5"):
        unfinished.rows(["3.jpg"])
    with StoreWriter(tmp_path / "b", HEADER) as writer:
        assert writer.done == 2
        writer.append(features[2:], np.ones(3, bool))
    for name in ("features.npy", "header.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_store_has_one_writer(tmp_path, features):
    """A second one is refused at once, before it can touch the rows; afterwards nothing is left of the lock."""
    with StoreWriter(tmp_path / "store", HEADER) as writer:
        writer.append(features[:2], [True, True])
        with pytest.raises(UserError, match="Another process is writing into"):
            StoreWriter(tmp_path / "store", HEADER)
    with pytest.raises(UserError, match="other photos"):
        StoreWriter(tmp_path / "store", {**HEADER, "names": NAMES[::-1]})
    assert {path.name for path in (tmp_path / "store").iterdir()} == {"features.npy", "header.json"}
    assert FeatureStore.open(tmp_path / "store").done == 2


@pytest.mark.parametrize("bad", [65520.0, -70000.0, np.inf, np.nan])
def test_values_that_float16_cannot_hold_are_refused(tmp_path, features, bad):
    features[1, 2, 0] = bad
    with StoreWriter(tmp_path / "store", HEADER) as writer:
        writer.append(features[:1], [True])
        with pytest.raises(UserError, match="65504"):
            writer.append(features[1:], np.ones(4, bool))
    assert FeatureStore.open(tmp_path / "store").done == 1


def test_a_full_disk_is_one_sentence_and_keeps_what_is_done(tmp_path, features, monkeypatch):
    writer = StoreWriter(tmp_path / "store", HEADER)
    writer.append(features[:2], [True, True])
    writer.commit()

    class FullDisk:
        def __getattr__(self, name):
            def fail(*_):
                raise OSError(28, "No space left on device")
            return fail
    real, writer.file = writer.file, FullDisk()
    with pytest.raises(UserError, match="Cannot write .*features.npy: No space left on device"):
        with writer:
            writer.append(features[2:], np.ones(3, bool))
    real.close()
    kept = FeatureStore.open(tmp_path / "store")
    assert kept.done == 2
    np.testing.assert_array_equal(kept.gather([1])[0], features[1].astype(np.float16))


@pytest.mark.parametrize("change, sentence", [({"encoder": "squeezenet1_1"}, "the encoder toy_cnn"),
                                              ({"grid": "global"}, "the grid conv4"),
                                              ({"weights_hash": "xyz"}, "weights with the hash abc")])
def test_another_store_cannot_be_written_into_nor_used(tmp_path, store, change, sentence):
    with pytest.raises(UserError, match=sentence):
        StoreWriter(store.path, {**HEADER, **change})
    with pytest.raises(UserError, match=f"The run was made with .*, but these features with {sentence}"):
        store.check_compatible({**store.identity(), **change}, "The run")
    check_compatible(store.header, store.identity())
    with pytest.raises(UserError, match="other photos"):
        StoreWriter(store.path, {**HEADER, "names": NAMES[::-1]})


def test_what_is_no_store_or_a_damaged_one_is_one_sentence(tmp_path, store):
    with pytest.raises(UserError, match="is not a feature store"):
        FeatureStore.open(tmp_path)
    path = store.path / "features.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="damaged"):
        FeatureStore.open(store.path)
    path.unlink()
    with pytest.raises(UserError, match="damaged"):
        FeatureStore.open(store.path)
    (store.path / "header.json").write_text(json.dumps({"something": "else"}))
    with pytest.raises(UserError, match="is not a feature store"):
        FeatureStore.open(store.path)
