"""Extraction: what lands in the store, bad photos, and going on after an interruption."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from minisat.errors import UserError
from minisat.vision import FeatureStore, build, extract, extract_grids


@pytest.fixture
def photos(tmp_path, rng):
    """Seven photos, the last two of dev."""
    made = []
    for i in range(7):
        path = tmp_path / f"{i}.png"
        Image.fromarray(rng.integers(0, 256, (70, 64 + i, 3), dtype=np.uint8)).save(path)
        made.append(SimpleNamespace(name=path.name, path=path, split="train" if i < 5 else "dev"))
    return made


@pytest.fixture
def encoder():
    return build("toy_cnn", rng=0)


def test_every_photo_gets_its_grid_in_order(tmp_path, photos, encoder):
    told = []
    store = extract(photos, encoder, tmp_path / "store", batch_size=3, progress=lambda *step: told.append(step))
    expected = encoder.eval()(np.stack([encoder.preprocessing.load(photo.path) for photo in photos]))
    np.testing.assert_allclose(store.gather(range(7)), expected, rtol=1e-3, atol=1e-3)
    assert store.names == [photo.name for photo in photos] and store.shape == (64, 66)
    assert store.scale == pytest.approx(np.sqrt((expected[:5].astype(float) ** 2).mean()), rel=1e-3)
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_the_global_grid(tmp_path, photos, encoder):
    store = extract(photos, encoder, tmp_path / "store", grid="global")
    assert store.shape == (1, 66) and store.header["grid"] == "global"


def test_a_bad_photo_stops_by_default_and_the_done_ones_stay(tmp_path, photos, encoder):
    photos[4].path.write_text("no photo")
    with pytest.raises(UserError, match="4.png"):
        extract(photos, encoder, tmp_path / "store", batch_size=2)
    assert FeatureStore.open(tmp_path / "store").done == 4


def test_a_bad_photo_can_be_skipped_and_is_listed(tmp_path, photos, encoder):
    photos[1].path.unlink()
    told = []
    store = extract(photos, encoder, tmp_path / "store", batch_size=3, on_error="skip", warn=told.append)
    assert list(store.skipped) == ["1.png"] and len(told) == 1 and "1.png" in told[0]
    assert store.done == 7 and not store.gather([1]).any() and store.gather([2]).any()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_extraction_goes_on_and_ends_the_same(tmp_path, photos, encoder, interruption):
    whole = extract(photos, encoder, tmp_path / "whole", batch_size=2)

    def stop(done, total):
        if done == 4:
            raise interruption
    with pytest.raises(interruption):
        extract(photos, encoder, tmp_path / "parts", batch_size=2, progress=stop)
    seen = []
    extract(photos, encoder, tmp_path / "parts", batch_size=2, progress=lambda done, _: seen.append(done))
    assert seen == [6, 7]
    for name in ("features.npy", "header.json"):
        assert (tmp_path / "parts" / name).read_bytes() == (whole.path / name).read_bytes()


def test_several_grids_in_one_pass_each_going_on_where_it_was(tmp_path, photos, encoder):
    """Two stores of which one had come further are what two extractions give; the photos are seen once."""
    alone = {grid: extract(photos, encoder, tmp_path / f"alone {grid}", grid=grid) for grid in ("conv3.2", "global")}
    outs = {grid: tmp_path / grid for grid in alone}

    def stop(done, total):
        if done == 4:
            raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        extract(photos, encoder, outs["global"], grid="global", batch_size=2, progress=stop)
    told = []
    stores = extract_grids(photos, encoder, outs, batch_size=3, progress=lambda *step: told.append(step))
    assert told == [(3, 7), (6, 7), (7, 7)]
    for grid, store in stores.items():
        assert store.shape == alone[grid].shape and store.header["grid"] == grid
        np.testing.assert_allclose(store.gather(range(7)), alone[grid].gather(range(7)), rtol=2e-3, atol=1e-4)
        assert store.scale == pytest.approx(alone[grid].scale, rel=1e-4)
        assert store.header["values_counted"] == alone[grid].header["values_counted"]


def test_photos_are_decoded_ahead_of_the_computation(tmp_path, photos, encoder, monkeypatch):
    """While the first two photos are computed, the four behind them are read."""
    read, at_first = [], []
    load, grids = type(encoder.preprocessing).load, type(encoder).grids

    def loading(self, path):
        read.append(path)
        return load(self, path)

    def computing(self, images, names=None):
        patience = time.monotonic() + 10
        while len(images) == 2 and len(read) < 6 and time.monotonic() < patience:
            time.sleep(0.005)
        at_first.append(len(read))
        return grids(self, images, names)
    monkeypatch.setattr(type(encoder.preprocessing), "load", loading)
    monkeypatch.setattr(type(encoder), "grids", computing)
    extract(photos, encoder, tmp_path / "store", batch_size=2)
    assert at_first[:2] == [0, 6]  # the first call is for the shapes, with a blank image
