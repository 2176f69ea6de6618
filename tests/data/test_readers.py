"""Every format is recognised and read, with the mistakes that such files have."""

import json

import pytest
from PIL import Image

from minisat.data import read_dataset
from minisat.errors import UserError


def photos(folder, *names):
    """Small photos called `names` in `folder`."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 3)).save(folder / name)


def as_dict(dataset):
    """{name: (split, captions)}."""
    return {photo.name: (photo.split, photo.captions) for photo in dataset.photos}


def test_a_name_that_no_data_set_can_have(tmp_path):
    for name in ("n" * 5000, "a\0b"):
        with pytest.raises(UserError, match="(Cannot read|There is no) (the )?data set"):
            read_dataset(tmp_path / name)


# ---- Flickr8k's text files

@pytest.mark.parametrize("images", [
    "Images", "Flicker8k_Dataset", "Flickr8k_Dataset", "Flickr8k_Dataset/Flicker8k_Dataset"])
@pytest.mark.parametrize("texts", ["", "Flickr8k_text"])
def test_flickr_text_files_in_every_layout(tmp_path, images, texts):
    photos(tmp_path / images, "a.jpg", "b.jpg", "c.jpg")
    (tmp_path / texts).mkdir(exist_ok=True)
    (tmp_path / texts / "Flickr8k.token.txt").write_text(
        "".join(f"{name}.jpg#{k}\tcaption {k} of {name} .\n" for name in "abc" for k in range(2)))
    (tmp_path / texts / "Flickr8k.lemma.token.txt").write_text("a.jpg#0\tlemma\n")
    (tmp_path / texts / "Flickr_8k.trainImages.txt").write_text("b.jpg\na.jpg\n")
    (tmp_path / texts / "Flickr_8k.devImages.txt").write_text("c.jpg\n")
    dataset = read_dataset(tmp_path)
    assert dataset.format == "Flickr8k text files"
    assert [photo.name for photo in dataset.photos] == ["b.jpg", "a.jpg", "c.jpg"]
    assert as_dict(dataset)["a.jpg"] == ("train", ("caption 0 of a .", "caption 1 of a ."))
    assert dataset.splits == {"train": 2, "dev": 1}  # no test list: no error
    assert all(photo.path.is_file() for photo in dataset.photos)


def test_flickr_text_survives_marks_line_ends_odd_names_and_blank_separators(tmp_path):
    photos(tmp_path / "Images", "a.jpg", "b#1.jpg", "c d.jpg", "e.jpg")
    (tmp_path / "Flickr8k.token.txt").write_bytes((
        "\ufeffa.jpg#0\tA “dog”, wet ; #1 .\r\n"
        "b#1.jpg#0\tname with a hash\r\n"
        "c d.jpg#0\tname with a blank\r\n"
        "e.jpg#0 blank for a tab\r\n"
        "e.jpg#1\t\r\n"
        "this is no caption\r\n"
        "\r\n"
        "e.jpg#2\ttabs\tand\x0cform feeds  inside\r\n").encode())
    (tmp_path / "Flickr_8k.trainImages.txt").write_bytes("\ufeffa.jpg\r\nb#1.jpg\r\n\r\nc d.jpg \r\ne.jpg".encode())
    dataset = read_dataset(tmp_path)
    assert as_dict(dataset) == {
        "a.jpg": ("train", ("A “dog”, wet ; #1 .",)), "b#1.jpg": ("train", ("name with a hash",)),
        "c d.jpg": ("train", ("name with a blank",)),
        "e.jpg": ("train", ("blank for a tab", "tabs and form feeds inside"))}
    assert dataset.listing.damaged == ["Flickr8k.token.txt line 6"]


def test_utf16_as_windows_writes_it(tmp_path):
    (tmp_path / "Flickr8k.token.txt").write_text("a.jpg#0\tcafé\n", encoding="utf-16")
    assert read_dataset(tmp_path).photos[0].captions == ("café",)


# ---- tables

def test_kaggle_captions_with_quotes_and_commas(tmp_path):
    photos(tmp_path / "Images", *(f"{name}.jpg" for name in "abcdefghij"))
    rows = ['image,caption', 'a.jpg,A plain one .', 'b.jpg,"A dog , wet ."', 'c.jpg,"He says ""hi"" , twice"',
            'd.jpg,commas, nobody, quoted', *(f"{name}.jpg,{name}" for name in "efghij")]
    (tmp_path / "captions.txt").write_text("\r\n".join(rows), newline="")
    dataset = read_dataset(tmp_path)
    assert dataset.format == "Kaggle captions.txt"
    said = {name: captions for name, (_, captions) in as_dict(dataset).items()}
    assert said["b.jpg"] == ("A dog , wet .",) and said["c.jpg"] == ('He says "hi" , twice',)
    assert said["d.jpg"] == ("commas, nobody, quoted",)
    assert dataset.splits == {"train": 8, "dev": 1, "test": 1}


def test_a_table_whose_quotes_do_not_pair_up_loses_no_line(tmp_path):
    (tmp_path / "captions.txt").write_text(
        'image,caption\na.jpg,"A sign says stop\nb.jpg,"so it does\nc.jpg,a 5" pipe\nd.jpg,"red" is written, twice\n')
    said = {name: captions for name, (_, captions) in as_dict(read_dataset(tmp_path)).items()}
    assert said == {"a.jpg": ('"A sign says stop',), "b.jpg": ('"so it does',), "c.jpg": ('a 5" pipe',),
                    "d.jpg": ('"red" is written, twice',)}


def test_a_quoted_caption_may_span_lines(tmp_path):
    (tmp_path / "my.csv").write_text('image,caption,split\na.png,"two\nlines",train\nb.png,one,val\n')
    assert as_dict(read_dataset(tmp_path)) == {"a.png": ("train", ("two lines",)), "b.png": ("dev", ("one",))}


def test_a_plain_folder_with_photos_beside_the_csv_and_a_split_column(tmp_path):
    photos(tmp_path, "a.png", "b.PNG")
    (tmp_path / "list.csv").write_text("\ufefffilename;caption;split\na.png;one;train\nb.PNG;two;TEST\n")
    dataset = read_dataset(tmp_path)
    assert dataset.format == "folder with a CSV"
    assert as_dict(dataset) == {"a.png": ("train", ("one",)), "b.PNG": ("test", ("two",))}
    assert all(photo.path.is_file() for photo in dataset.photos)


def test_a_plain_folder_with_photos_given_by_path(tmp_path):
    photos(tmp_path / "summer" / "beach", "a.jpg")
    photos(tmp_path / "winter", "a.jpg", "unused.jpg")
    (tmp_path / "list.tsv").write_text(
        "split\timage\ttext\ntrain\tsummer\\beach\\a.jpg\tone\ntrain\t./winter/a.jpg\ttwo\n")
    dataset = read_dataset(tmp_path)
    assert {photo.name: photo.path for photo in dataset.photos} == {
        "summer/beach/a.jpg": tmp_path / "summer" / "beach" / "a.jpg", "winter/a.jpg": tmp_path / "winter" / "a.jpg"}
    assert "winter/unused.jpg" in dataset.listing.files


def test_a_plain_folder_with_photos_in_a_folder_of_any_name(tmp_path):
    photos(tmp_path / "holiday", "a.jpg")
    (tmp_path / "captions.csv").write_text("photo,description\na.jpg,one\n")
    assert read_dataset(tmp_path).photos[0].path == tmp_path / "holiday" / "a.jpg"


def test_flickr30k_results_with_bars(tmp_path):
    (tmp_path / "results.csv").write_text("image_name| comment_number| comment\n1.jpg| 0| Two men , outside .\n")
    assert as_dict(read_dataset(tmp_path)) == {"1.jpg": ("train", ("Two men , outside .",))}


def test_an_unknown_split_in_a_table_is_a_user_error(tmp_path):
    (tmp_path / "list.csv").write_text("image,caption,split\na.png,one,trian\n")
    with pytest.raises(UserError, match="line 2: a split is one of train, dev, test, not 'trian'"):
        read_dataset(tmp_path)


# ---- JSON

def karpathy(images):
    return json.dumps({"dataset": "flickr8k", "images": images})


def test_karpathy_flickr_with_restval_and_val(tmp_path):
    photos(tmp_path / "Images", "a.jpg")
    (tmp_path / "dataset_flickr8k.json").write_text(karpathy([
        {"filename": "a.jpg", "split": "train", "sentences": [{"raw": "A dog .", "tokens": ["a", "dog"]}]},
        {"filename": "b.jpg", "split": "restval", "sentences": [{"tokens": ["a", "cat"]}]},
        {"filename": "c.jpg", "split": "val", "sentences": [{"raw": "A cow"}, {"raw": "  "}]},
        {"filename": "d.jpg", "split": "test", "sentences": [{"raw": "A fox"}]},
        {"filename": "e.jpg", "split": "test", "sentences": []},
        {"filename": "f.jpg"}]))
    dataset = read_dataset(tmp_path)
    assert as_dict(dataset) == {"a.jpg": ("train", ("A dog .",)), "b.jpg": ("train", ("a cat",)),
                                "c.jpg": ("dev", ("A cow",)), "d.jpg": ("test", ("A fox",))}
    assert dataset.listing.damaged == ["dataset_flickr8k.json image 5"]


def test_karpathy_coco_finds_photos_in_their_folders(tmp_path):
    photos(tmp_path / "train2014", "t.jpg")
    photos(tmp_path / "images" / "val2014", "v.jpg")
    (tmp_path / "dataset_coco.json").write_text(karpathy([
        {"filename": "t.jpg", "filepath": "train2014", "split": "train", "sentences": [{"raw": "x"}]},
        {"filename": "v.jpg", "filepath": "val2014", "split": "restval", "sentences": [{"raw": "y"}]}]))
    assert all(photo.path.is_file() for photo in read_dataset(tmp_path).photos)


def coco(folder, name, **captions):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps({
        "images": [{"id": 10 + k, "file_name": f"{image}.jpg"} for k, image in enumerate(captions)],
        "annotations": [{"image_id": 10 + k, "caption": text}
                        for k, texts in enumerate(captions.values()) for text in texts]}))


@pytest.mark.parametrize("annotations", ["annotations", ""])
def test_coco_annotations_with_val_as_dev(tmp_path, annotations):
    coco(tmp_path / annotations, "captions_train2017.json", a=["one", "two\n"], b=[])
    coco(tmp_path / annotations, "captions_val2017.json", c=["three"])
    photos(tmp_path / "train2017", "a.jpg", "b.jpg")
    photos(tmp_path / "val2017", "c.jpg")
    dataset = read_dataset(tmp_path)
    assert as_dict(dataset) == {"a.jpg": ("train", ("one", "two")), "c.jpg": ("dev", ("three",))}
    assert all(photo.path.is_file() for photo in dataset.photos)


def test_coco_takes_the_year_whose_photos_are_there(tmp_path):
    coco(tmp_path / "annotations", "captions_train2014.json", a=["old"])
    coco(tmp_path / "annotations", "captions_train2017.json", b=["new"])
    photos(tmp_path / "train2014", "a.jpg")
    assert [photo.name for photo in read_dataset(tmp_path).photos] == ["a.jpg"]
    named = read_dataset(tmp_path / "annotations" / "captions_train2017.json")
    assert [photo.name for photo in named.photos] == ["b.jpg"]


# ---- a file named instead of its folder, and everything that cannot be read

def test_a_caption_file_can_be_named_where_a_folder_holds_two_formats(tmp_path):
    (tmp_path / "captions.txt").write_text("image,caption\na.jpg,kaggle\n")
    (tmp_path / "dataset_flickr8k.json").write_text(karpathy(
        [{"filename": "a.jpg", "split": "train", "sentences": [{"raw": "karpathy"}]}]))
    assert read_dataset(tmp_path).photos[0].captions == ("karpathy",)
    assert read_dataset(tmp_path / "captions.txt").photos[0].captions == ("kaggle",)


@pytest.mark.parametrize("name, content, sentence", [
    ("Flickr8k.token.txt", b"", "holds no captions"),
    ("Flickr8k.token.txt", b"a.jpg#0\t\nb.jpg#0\t  \n", "holds no captions"),
    ("Flickr8k.token.txt", b"a.jpg#0\tcaf\xe9\n", "not UTF-8"),
    ("captions.txt", b"image,caption\n", "holds no captions"),
    ("captions.txt", b"", "no data set of a known format"),
    ("dataset.json", b"{", "is not JSON"),
    ("dataset.json", b"[]", "no list of images"),
    ("dataset.json", b'{"images": []}', "holds no captions"),
    ("captions_train2014.json", b'{"images": []}', "no caption file of COCO"),
    ("captions_train2014.json", b"[]", "no caption file of COCO"),
    ("notes.md", b"hello", "Looked for: Flickr8k.token.txt"),
])
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=sentence) as raised:
        read_dataset(tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_a_missing_folder_a_folder_for_a_file_and_two_tables_are_user_errors(tmp_path):
    with pytest.raises(UserError, match="no such file or folder"):
        read_dataset(tmp_path / "nowhere")
    (tmp_path / "Flickr8k.token.txt").mkdir()
    with pytest.raises(UserError, match="Cannot read .*directory"):
        read_dataset(tmp_path)
    for name in ("a.csv", "b.csv"):
        (tmp_path / "two").mkdir(exist_ok=True)
        (tmp_path / "two" / name).write_text("image,caption\na.jpg,x\n")
    with pytest.raises(UserError, match=r"a\.csv, b\.csv"):
        read_dataset(tmp_path / "two")
