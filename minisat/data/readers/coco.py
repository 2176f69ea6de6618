"""COCO's own annotations: `captions_train2014.json`, `captions_val2017.json` and their photo folders."""

import re

from minisat.data.listing import SPLIT_NAMES, Listing, photos_in
from minisat.errors import UserError
from minisat.files import read_json
from minisat.rules import Either, check

FORMAT = "COCO annotations"
LOOKED_FOR = "annotations/captions_*.json"

_NAME = re.compile(r"captions_(?P<split>train|val|test)(?P<year>\d*)\.json")


# What an entry of both lists must hold, in the order in which it is read.
_IMAGE = {"id": Either(int, str), "file_name": str}
_CAPTION = {"image_id": Either(int, str), "caption": str}


def find(root):
    """The first caption file in `root`/annotations or `root`, of the year whose photos are there, else the latest."""
    files = [file for folder in (root / "annotations", root) for file in sorted(folder.glob("captions_*.json"))
             if accepts(file)]
    with_photos = [file for file in files if _photo_folder(root, file).is_dir()]
    return max(with_photos or files, key=_year, default=None)


def accepts(file):
    """Whether `file` is called captions_SPLITYEAR.json."""
    return _NAME.fullmatch(file.name) is not None


def read(root, file):
    """The Listing of `file` and its companions of the same year. val counts as dev."""
    captions, splits, files, damaged = [], {}, {}, []
    companions = [other for other in sorted(file.parent.glob("captions_*.json"))
                  if accepts(other) and _year(other) == _year(file)]
    for annotations in companions:
        content = read_json(annotations)
        for key in ("images", "annotations"):
            if not isinstance(content, dict) or not isinstance(content.get(key), list):
                raise UserError(f"{annotations} is no caption file of COCO: it has no list of {key}.")
        images, texts = (_entries(annotations, content, key, like, damaged)
                         for key, like in (("images", _IMAGE), ("annotations", _CAPTION)))
        names, texts = dict(images), list(texts)
        splits.setdefault(SPLIT_NAMES[_NAME.fullmatch(annotations.name)["split"]], []).extend(names.values())
        captions.extend((names[image], text) for image, text in texts if image in names)
        damaged.extend(f"{annotations.name}: a caption of the unknown image {image}"
                       for image, _ in texts if image not in names)
        files.update(photos_in(_photo_folder(root, annotations)))
    return Listing(FORMAT, captions, splits, files, _photo_folder(root, file), damaged)


def _entries(file, content, key, like, damaged):
    """Yield the values that `like` names of each entry of a list; of those that have others `damaged` hears."""
    for index, entry in enumerate(content[key]):
        try:
            check(entry, like, file.name)
        except UserError:
            damaged.append(f"{file.name} {key} {index}")
        else:
            yield tuple(entry[name] for name in like)


def _year(file):
    return _NAME.fullmatch(file.name)["year"]


def _photo_folder(root, file):
    """Where the photos of `file` lie: train2014/ in `root` or in its images/ folder."""
    name = "".join(_NAME.fullmatch(file.name).groups())
    inner = root / "images" / name
    return inner if inner.is_dir() else root / name
