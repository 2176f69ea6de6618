"""Split rules: what is listed, what is drawn, and what real Flickr8k holds."""

import os
from pathlib import Path

import pytest
from PIL import Image

from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.text import Vocabulary, tokenize


def flickr(folder, captions, **lists):
    """A Flickr8k folder with `captions` = {name: [caption, …]} and a list for each split named."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Flickr8k.token.txt").write_text("".join(
        f"{name}#{k}\t{caption}\n" for name, texts in captions.items() for k, caption in enumerate(texts)))
    for split, names in lists.items():
        (folder / f"Flickr_8k.{split}Images.txt").write_text("".join(f"{name}\n" for name in names))
    return folder


TWENTY = {f"{k:02d}.jpg": ["a", "b"] for k in range(20)}


def test_without_lists_photos_are_split_80_10_10_by_photo(tmp_path):
    dataset = read_dataset(flickr(tmp_path / "a", TWENTY))
    assert dataset.splits == {"train": 16, "dev": 2, "test": 2}
    assert sorted(photo.name for photo in dataset.photos) == list(TWENTY)
    assert all(photo.captions == ("a", "b") for photo in dataset.photos)  # never a photo's captions apart


def test_the_drawn_split_follows_from_the_seed_and_not_from_the_order_of_the_file(tmp_path):
    def drawn(captions, seed):
        dataset = read_dataset(flickr(tmp_path / str(len(list(tmp_path.iterdir()))), captions), seed=seed)
        return {photo.name: photo.split for photo in dataset.photos}

    assert drawn(TWENTY, 0) == drawn(dict(reversed(TWENTY.items())), 0) != drawn(TWENTY, 1)


@pytest.mark.parametrize("count, splits", [
    (1, {"train": 1}), (2, {"train": 2}), (3, {"train": 1, "dev": 1, "test": 1}),
    (14, {"train": 12, "dev": 1, "test": 1})])
def test_small_data_sets_still_train(tmp_path, count, splits):
    assert read_dataset(flickr(tmp_path, dict(list(TWENTY.items())[:count]))).splits == splits


def test_a_photo_in_two_splits_stays_out_of_training(tmp_path):
    folder = flickr(tmp_path, TWENTY, train=["00.jpg", "01.jpg", "02.jpg"], dev=["01.jpg", "02.jpg", "03.jpg"],
                    test=["02.jpg"])
    dataset = read_dataset(folder)
    assert {split: [photo.name for photo in dataset.split(split)] for split in dataset.splits} == {
        "train": ["00.jpg"], "dev": ["01.jpg", "03.jpg"], "test": ["02.jpg"]}


def test_listed_photos_without_captions_and_captions_in_no_list_are_left_out(tmp_path):
    folder = flickr(tmp_path, {**TWENTY, "19.jpg": ["", " "]}, train=["05.jpg", "05.jpg", "none.jpg", "19.jpg"])
    dataset = read_dataset(folder)
    assert [photo.name for photo in dataset.photos] == ["05.jpg"]


def test_val_lists_count_as_dev(tmp_path):
    assert read_dataset(flickr(tmp_path, TWENTY, train=["01.jpg"], val=["00.jpg"])).splits == {"train": 1, "dev": 1}


def test_without_lists_captions_without_a_photo_are_left_out_but_a_listed_photo_never(tmp_path):
    folder = flickr(tmp_path, {"a.jpg": ["x"], "b.jpg.1": ["y"]})
    (folder / "Images").mkdir()
    Image.new("RGB", (2, 2)).save(folder / "Images" / "a.jpg")
    assert [photo.name for photo in read_dataset(folder).photos] == ["a.jpg"]
    flickr(folder, {"a.jpg": ["x"], "b.jpg.1": ["y"]}, train=["a.jpg", "b.jpg.1"])
    missing = read_dataset(folder).photos[1]
    assert missing.name == "b.jpg.1" and missing.path == folder / "Images" / "b.jpg.1"


def test_a_wrong_split_name_lists_the_existing_ones(tmp_path):
    dataset = read_dataset(flickr(tmp_path, TWENTY, train=["00.jpg"], dev=["01.jpg", "02.jpg"]))
    with pytest.raises(UserError, match=r"no split 'test'; it has train \(1 photos\), dev \(2 photos\)"):
        dataset.split("test")


def test_lists_that_name_no_captioned_photo_are_a_user_error(tmp_path):
    with pytest.raises(UserError, match="None of the photos in the split lists"):
        read_dataset(flickr(tmp_path, TWENTY, train=["x.jpg"]))


def test_the_real_flickr8k():
    """7,000 photos, 35,000 captions, 6,000/1,000; 2,541 vocabulary entries.

    2,541 = 2,537 words seen at least 5 times in the training captions (lower case, punctuation deleted, so t-shirt
    counts as tshirt) and the four specials.
    """
    folder = Path(os.environ.get("MINISAT_DATA", "/nowhere")) / "flickr8k"
    if not folder.is_dir():
        pytest.skip("needs MINISAT_DATA with flickr8k/")
    dataset = read_dataset(folder)
    assert len(dataset.photos) == 7000 and sum(len(photo.captions) for photo in dataset.photos) == 35000
    assert dataset.splits == {"train": 6000, "dev": 1000}
    assert dataset.photos[0].path.is_file() and not dataset.listing.damaged
    vocabulary = Vocabulary.build((tokenize(caption, "simple") for photo in dataset.split("train")
                                   for caption in photo.captions), min_count=5)
    assert len(vocabulary) == 2541
