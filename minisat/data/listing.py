"""What a reader finds in a data set, before any rule is applied, and the means to find it."""

import os
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from minisat.errors import UserError
from minisat.files import read_bytes

SPLITS = ("train", "dev", "test")
SPLIT_NAMES = {"train": "train", "restval": "train", "dev": "dev", "val": "dev", "valid": "dev",
               "validation": "dev", "test": "test"}
"""{what a file may call a split: what it is called here}."""

_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_PHOTO_FOLDERS = ("images", "flicker8k_dataset", "flickr8k_dataset", "flickr8k_images", "flickr30k_images",
                  "flickr30k-images", "photos")


class Listing(NamedTuple):
    """A data set as its files say it, mistakes and all: `check_dataset` reports from it."""

    format: str
    captions: list[tuple[str, str]]  # (photo name, caption), file order; a caption may be empty
    splits: dict[str, list[str]]     # {split: photo names}, as listed, doubles kept; empty when nothing is listed
    files: dict[str, Path]           # {photo name: file} of the photos that are there
    folder: Path                     # where a photo that is not there should have been
    damaged: list[str]               # places that could not be read, such as "captions.txt line 7"


def read_text_file(path):
    """The text of a UTF-8 file (or UTF-16 with its mark), byte-order mark removed. UserError where it is neither."""
    try:
        content = read_bytes(path)
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(f"Cannot read {path}: it is not UTF-8 text (byte {error.start}).") from error


def text_lines(text):
    """The lines of `text`, cut at LF or CRLF, or at CR as old Macs write it where there is no LF at all.

    (str.splitlines would also cut at form feeds and U+2028.)
    """
    text = text.replace("\r\n", "\n")
    return text.split("\n" if "\n" in text else "\r")


def photos_in(folder):
    """{file name: path} of the photos directly in `folder`, hidden files left out; empty if there is no folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: Path(entry.path) for entry in entries
                    if entry.name.lower().endswith(_PHOTO_SUFFIXES) and not entry.name.startswith(".")
                    and _is_file(entry)}
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last: what no folder can be called
        return {}
    except OSError as error:
        raise UserError(f"Cannot read the folder {folder}: {error.strerror or error}.") from error


def stays_inside(name):
    """Whether a photo's name, or a path before it, leads nowhere but into the data set's own folder.

    Links that lie in the folder may lead anywhere: whoever has made the folder has made them.
    """
    windows = PureWindowsPath(name)
    return not (name.startswith(("/", "\\")) or windows.drive or ".." in windows.parts)


def _is_file(entry):
    """Whether a photo can be read there: no pipe, which would wait for ever, and no link in a circle."""
    try:
        return entry.is_file()
    except OSError:
        return False


def subfolders(folder):
    """The folders directly in `folder`, sorted by name, hidden ones left out."""
    if not folder.is_dir():
        return []
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))


def find_photos(root):
    """(folder, {file name: path}) of the photos of the data set in `root`.

    Looked for in Images/, Flicker8k_Dataset/ and the like (any case; one such folder may hold another), then in
    `root` itself. Where there are none, the folder is the one in which they are expected.
    """
    named = [child for child in subfolders(root) if child.name.lower() in _PHOTO_FOLDERS]
    nested = [inner for child in named for inner in subfolders(child) if inner.name.lower() in _PHOTO_FOLDERS]
    for folder in [*named, *nested, root]:
        if files := photos_in(folder):
            return folder, files
    return (named[0] if named else root / "Images"), {}


def find_split_lists(*folders):
    """{split: photo names in order} from lists such as Flickr_8k.trainImages.txt or train.txt, one name a line.

    Of the forms and folders that exist the first wins, split by split; {} without any list.
    """
    splits = {}
    for split, alias in (("train", "train"), ("dev", "dev"), ("dev", "val"), ("test", "test")):
        for folder in folders:
            for name in (f"Flickr_8k.{alias}Images.txt", f"flickr30k_{alias}.txt", f"{alias}.txt"):
                if split not in splits and (folder / name).is_file():
                    lines = (line.strip() for line in text_lines(read_text_file(folder / name)))
                    splits[split] = [line for line in lines if line]
    return splits
