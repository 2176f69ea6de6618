"""Data sets as Excel, old Macs, other programs and ill-wishers leave them: read, or one clear sentence."""

import json
import os
import struct
import zlib

import pytest
from PIL import Image

from minisat.cli.main import main
from minisat.data import check_dataset, read_dataset
from minisat.errors import UserError
from minisat.vision import read_photo


def photo(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((8, 8), ord(path.stem[0])).convert("RGB").save(path)


def captions_of(folder):
    return {photo.name: photo.captions for photo in read_dataset(folder).photos}


@pytest.mark.parametrize("content", [
    b"image,caption\ra.jpg,a dog\rb.jpg,a cat\r", b"image;caption\r\na.jpg;a dog\r\nb.jpg;a cat\r\n",
    b"\xef\xbb\xbfimage\tcaption\na.jpg\ta dog\nb.jpg\ta cat\n",
    "image;caption\r\na.jpg;a dog\r\nb.jpg;a cat".encode("utf-16"),
    b'image,caption\na.jpg,"a dog"\nb.jpg,a\rcat\n',
    b"image,caption\na.jpg,a dog\nb.jpg,a cat\nc.jpg," + b"x" * 200_000,
], ids=["old Mac", "semicolons", "BOM and tabs", "UTF-16", "a lone CR", "a long field"])
def test_tables_as_programs_write_them(tmp_path, content):
    (tmp_path / "table.csv").write_bytes(content)
    assert captions_of(tmp_path) == {"a.jpg": ("a dog",), "b.jpg": ("a cat",)}


def test_a_caption_of_five_million_words_is_left_out_and_reported(tmp_path, capsys):
    """`data stats` counts without it; `data check` says where it stands."""
    photo(tmp_path / "Images" / "a.jpg")
    (tmp_path / "captions.txt").write_text("image,caption\na.jpg,a dog\na.jpg," + "the " * 5_000_000 + "\n")
    dataset = read_dataset(tmp_path)
    assert dataset.photos[0].captions == ("a dog",)
    assert "a caption of a.jpg, of 20,000,000 letters" in str(check_dataset(dataset))
    for text in ("the " * 3000, "x" * 5000):
        for name, value in (("c", {"a": text}), ("r", {"a": [text]})):
            (tmp_path / f"{name}.json").write_text(json.dumps(value))
        assert main(["score", str(tmp_path / "c.json"), str(tmp_path / "r.json")]) == 2
        assert "A text of 'a' is too long for a caption: at most 300 words" in capsys.readouterr().err


KARPATHY = {"filename": "a.jpg", "split": "train", "sentences": [{"raw": "a dog"}]}
WRONG_IMAGES = [None, 5, [], {**KARPATHY, "filename": 7}, {**KARPATHY, "filename": None}, {**KARPATHY, "filename": {}},
                {**KARPATHY, "sentences": [5]}, {**KARPATHY, "sentences": [{"raw": 7}]}, {**KARPATHY, "filepath": 3},
                {**KARPATHY, "sentences": [{"tokens": [1]}]}, {**KARPATHY, "split": []},
                {**KARPATHY, "filename": "\ud800"},
                {**KARPATHY, "filename": "a\0b"}]


@pytest.mark.parametrize("wrong", WRONG_IMAGES, ids=lambda wrong: ascii(wrong)[:60])
def test_entries_of_karpathys_with_wrong_types_are_damaged_and_no_more(tmp_path, wrong):
    (tmp_path / "dataset.json").write_text(json.dumps({"images": [wrong, {**KARPATHY, "filename": "good.jpg"}]}))
    dataset = read_dataset(tmp_path)
    assert [one.name for one in dataset.photos] == ["good.jpg"] and len(dataset.listing.damaged) == 1


@pytest.mark.parametrize("folder", ["\ud800", "a\0b", "n" * 300])
def test_a_folder_of_karpathys_that_cannot_be(tmp_path, folder):
    """Photos are where they are; a name too long is refused by the file system itself."""
    photo(tmp_path / "a.jpg")
    (tmp_path / "dataset.json").write_text(json.dumps({"images": [{**KARPATHY, "filepath": folder}]}))
    if len(folder) > 255:
        with pytest.raises(UserError, match="Cannot read the folder"):
            read_dataset(tmp_path)
    else:
        assert [one.name for one in read_dataset(tmp_path).photos] == ["a.jpg"]


@pytest.mark.parametrize("image, caption", [({"file_name": 7}, {}), ({"file_name": None}, {}), ({"file_name": []}, {}),
                                            ({"file_name": "\ud800"}, {}), ({"file_name": "a\0"}, {}),
                                            ({}, {"caption": 5}),
                                            ({}, {"caption": None}), ({}, {"image_id": []}), ({}, {"image_id": None})])
def test_entries_of_cocos_with_wrong_types_are_damaged_and_no_more(tmp_path, image, caption):
    content = {"images": [{"id": 1, "file_name": "a.jpg", **image}, {"id": 2, "file_name": "good.jpg"}],
               "annotations": [{"image_id": 1, "caption": "a dog", **caption}, {"image_id": 2, "caption": "a cat"}]}
    (tmp_path / "captions_train2014.json").write_text(json.dumps(content))
    dataset = read_dataset(tmp_path)
    assert [one.name for one in dataset.photos] == ["good.jpg"] and dataset.listing.damaged


def test_half_a_character_in_a_caption_is_a_question_mark(tmp_path):
    content = {"images": [{**KARPATHY, "sentences": [{"raw": "a \ud83d dog"}]}]}
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    assert captions_of(tmp_path) == {"a.jpg": ("a ? dog",)}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_pipes_and_links_in_a_circle_among_the_photos(tmp_path, tiny, capsys):
    """They count as photos that are missing: nobody waits for them, and the others go on."""
    data = tmp_path / "data"
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        photo(data / "Images" / name)
    os.mkfifo(data / "Images" / "pipe.jpg")
    os.symlink("circle.jpg", data / "Images" / "circle.jpg")
    names = ["a.jpg", "b.jpg", "c.jpg", "pipe.jpg", "circle.jpg"]
    (data / "captions.txt").write_text("image,caption\n" + "".join(f"{name},a dog\n" for name in names))
    (data / "train.txt").write_text("\n".join(names))
    report = str(check_dataset(read_dataset(data)))
    assert "2 photos of a split are missing: pipe.jpg, circle.jpg" in report
    assert main(["data", "stats", str(data), "--out", str(tmp_path / "figures"), "--min-count", "1"]) == 0
    assert "2 photos could not be read" in capsys.readouterr().out
    store = str(tmp_path / "store")
    assert main(["features", str(data), "--encoder", "toy_cnn", "--out", store, "--on-error", "skip"]) == 0
    assert "2 photos were left out: circle.jpg, pipe.jpg" in capsys.readouterr().out
    assert main(["caption", tiny.along, str(data / "Images" / "pipe.jpg"), str(data / "Images" / "circle.jpg")]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2 and "pipe.jpg: it is no file." in errors[0]
    os.mkfifo(tmp_path / "dataset.json")
    with pytest.raises(UserError, match="is a pipe, not a file"):
        read_dataset(tmp_path)


def test_a_png_whose_text_would_fill_the_memory(tmp_path, capsys):
    """100 MB of blanks in a compressed text: the photo counts as one that cannot be read, in every verb."""
    photo(tmp_path / "Images" / "a.png")
    content = (tmp_path / "Images" / "a.png").read_bytes()
    text = b"zTXt" + b"note\0\0" + zlib.compress(b" " * 100_000_000)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    (tmp_path / "Images" / "a.png").write_bytes(content[:33] + chunk + content[33:])  # behind the header
    (tmp_path / "captions.txt").write_text("image,caption\na.png,a dog\n")
    with pytest.raises(UserError, match="Cannot read the photo"):
        read_photo(tmp_path / "Images" / "a.png")
    assert main(["data", "stats", str(tmp_path), "--out", str(tmp_path / "figures"), "--min-count", "1"]) == 0
    assert "1 photos could not be read" in capsys.readouterr().out
