"""A data set names photos in its own folder only, and one odd row moves no other photo."""

import json

import pytest
from PIL import Image

from minisat.data import check_dataset, read_dataset
from minisat.errors import UserError


def photos(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.new("RGB", (8, 8), "red").save(folder / name)


def test_one_row_with_a_folder_moves_no_other_photo(tmp_path):
    """Plain names stay where they are; the named folder's photo is found too, or missing alone."""
    photos(tmp_path / "Images", "a.png", "b.png")
    photos(tmp_path / "more", "c.png")
    (tmp_path / "l.csv").write_text("image,caption,split\na.png,one,train\nb.png,two,train\nmore/c.png,three,train\n"
                                    "gone/d.png,four,train\nImages/b.png,again,train\n")
    found = {photo.name: photo.path for photo in read_dataset(tmp_path).photos}
    assert found["a.png"] == tmp_path / "Images" / "a.png" and found["b.png"].is_file()
    assert found["more/c.png"] == tmp_path / "more" / "c.png" and not found["gone/d.png"].exists()
    assert found["Images/b.png"] == tmp_path / "Images" / "b.png"


def test_paths_alone_are_looked_up_as_before(tmp_path):
    """Below the root, or below the folder of photos; no photo is reported twice."""
    photos(tmp_path / "Images", "a.png")
    (tmp_path / "l.csv").write_text("image,caption,split\nImages/a.png,one,train\n")
    dataset = read_dataset(tmp_path)
    assert dataset.photos[0].path == tmp_path / "Images" / "a.png"
    assert "no captions" not in str(check_dataset(dataset))


@pytest.mark.parametrize("name", ["/etc/passwd", "../other/x.png", "Images/../../x.png", "C:\\photos\\x.png",
                                  "..\\x.png", "\\\\server\\x.png"])
@pytest.mark.parametrize("kind", ["csv", "flickr", "coco", "karpathy", "karpathy folder", "split list"])
def test_photos_outside_are_refused(tmp_path, name, kind):
    """By every reader, in one sentence that names the photo (a folder of Karpathy's likewise)."""
    photos(tmp_path / "Images", "a.png")
    if kind == "csv":
        (tmp_path / "l.csv").write_text(f"image,caption,split\na.png,one,train\n{name},evil,train\n")
    elif kind == "flickr":
        (tmp_path / "Flickr8k.token.txt").write_text(f"a.png#0\tone\n{name}#0\tevil\n")
    elif kind == "coco":
        (tmp_path / "captions_train2014.json").write_text(json.dumps(
            {"images": [{"id": 1, "file_name": name}], "annotations": [{"image_id": 1, "caption": "evil"}]}))
    elif kind == "split list":
        (tmp_path / "captions.txt").write_text("image,caption\na.png,one\n")
        (tmp_path / "train.txt").write_text(f"a.png\n{name}\n")
    else:
        image = {"filename": name, "split": "train", "sentences": [{"raw": "evil"}]}
        if kind.endswith("folder"):
            image |= {"filename": "x.png", "filepath": name}
        (tmp_path / "dataset.json").write_text(json.dumps({"images": [image]}))
    with pytest.raises(UserError, match="which is not in the data set's"):
        read_dataset(tmp_path)


def test_a_linked_folder_stays_usable(tmp_path):
    """Images/ may be a link to where the photos really are, and so may a folder that a CSV names."""
    photos(tmp_path / "elsewhere", "a.png")
    for name, row in (("Images", "a.png"), ("linked", "linked/a.png")):
        data = tmp_path / f"data {name}"
        data.mkdir()
        (data / name).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        (data / "l.csv").write_text(f"image,caption,split\n{row},one,train\n")
        dataset = read_dataset(data)
        assert dataset.photos[0].path.is_file() and check_dataset(dataset).ok
