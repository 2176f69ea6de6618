"""The check finds every kind of defect and says which of them would spoil a training."""

import json

import pytest
from PIL import Image

from minisat.data import check_dataset, read_dataset


@pytest.fixture
def folder(tmp_path):
    """A sound little data set: train a, b; dev c."""
    (tmp_path / "Images").mkdir()
    for k, name in enumerate("abc"):
        Image.effect_noise((32, 24), 20 + k).convert("RGB").save(tmp_path / "Images" / f"{name}.jpg")
    write(tmp_path, "".join(f"{name}.jpg#{k}\tcaption {k}\n" for name in "abc" for k in range(2)))
    (tmp_path / "Flickr_8k.trainImages.txt").write_text("a.jpg\nb.jpg\n")
    (tmp_path / "Flickr_8k.devImages.txt").write_text("c.jpg\n")
    return tmp_path


def write(folder, text, name="Flickr8k.token.txt", mode="w"):
    with open(folder / name, mode) as file:
        file.write(text)


def findings(folder, **options):
    report = check_dataset(read_dataset(folder), **options)
    return report, {finding.title: finding.names for finding in report.findings}


def test_a_sound_data_set_has_no_findings(folder):
    report, found = findings(folder)
    assert report.ok and not found
    assert "3 photos, 6 captions; train 2, dev 1" in str(report) and "nothing is wrong" in str(report)


def test_a_missing_photo_spoils(folder):
    (folder / "Images" / "a.jpg").unlink()
    report, found = findings(folder)
    assert not report.ok and found == {"photos of a split are missing": ("a.jpg",)}


@pytest.mark.parametrize("damage", [
    lambda content: content[:len(content) // 2], lambda content: b"", lambda content: b"<html>"])
def test_a_truncated_empty_or_foreign_photo_spoils_unless_decoding_is_skipped(folder, damage):
    file = folder / "Images" / "b.jpg"
    file.write_bytes(damage(file.read_bytes()))
    report, found = findings(folder)
    assert not report.ok and found == {"photos cannot be decoded": ("b.jpg",)}
    assert findings(folder, decode=False)[0].ok


def test_overlapping_splits_spoil_by_name_and_by_content(folder):
    write(folder, "c.jpg\n", "Flickr_8k.trainImages.txt", "a")
    report, found = findings(folder)
    assert not report.ok and found == {"photos are in two splits": ("c.jpg",)}
    (folder / "Flickr_8k.trainImages.txt").write_text("a.jpg\nb.jpg\n")
    (folder / "Images" / "c.jpg").write_bytes((folder / "Images" / "b.jpg").read_bytes())
    report, found = findings(folder)
    assert not report.ok and found == {"photos are in two splits under two names": ("b.jpg = c.jpg",)}


def test_no_training_photos_spoil(folder):
    (folder / "Flickr_8k.trainImages.txt").unlink()
    report, found = findings(folder)
    assert not report.ok and "no photo is in the train split" in found


def test_everything_else_is_a_note(folder):
    write(folder, "a.jpg#9\tcaption 0\nb.jpg#2\t \nghost.jpg#0\tnobody\nspare.jpg#0\tin no list\nrubbish\n", mode="a")
    write(folder, "a.jpg\nuncaptioned.jpg\n", "Flickr_8k.trainImages.txt", "a")
    for name in ("mute.jpg", "spare.jpg"):
        Image.new("RGB", (2, 2)).save(folder / "Images" / name)
    report, found = findings(folder)
    assert report.ok and found == {
        "names in a split list have no caption": ("uncaptioned.jpg",),
        "names stand twice in a split list": ("a.jpg",),
        "photos have no captions": ("mute.jpg",),
        "names have captions but no photo, and are in no split": ("ghost.jpg",),
        "photos with captions are in no split": ("spare.jpg",),
        "captions are empty": ("b.jpg",),
        "captions stand twice for one photo": ("a.jpg",),
        "places cannot be read": ("Flickr8k.token.txt line 11",)}


def test_the_report_fits_a_screen_and_goes_into_json_whole(folder):
    for k in range(50):
        Image.new("RGB", (2, 2)).save(folder / "Images" / f"mute{k:02d}.jpg")
    report, _ = findings(folder)
    assert len(str(report).splitlines()) == 2
    assert "note         50 photos have no captions: mute00.jpg, mute01.jpg, mute02.jpg, …" in str(report)
    content = json.loads(json.dumps(report.to_dict()))
    assert content["ok"] and content["findings"][0]["count"] == len(content["findings"][0]["names"]) == 50


def test_progress_sees_every_photo(folder):
    seen = []
    check_dataset(read_dataset(folder), progress=lambda walk: [seen.append(1) or entry for entry in walk])
    assert len(seen) == 3
