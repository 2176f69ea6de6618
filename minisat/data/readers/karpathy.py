"""Karpathy's JSON: `dataset_flickr8k.json`, `dataset_flickr30k.json`, `dataset_coco.json`, `dataset.json`."""

from minisat.data.listing import SPLIT_NAMES, Listing, find_photos, photos_in, stays_inside
from minisat.errors import UserError
from minisat.files import read_json
from minisat.rules import check

FORMAT = "Karpathy's JSON"
LOOKED_FOR = "dataset_flickr8k.json, dataset_flickr30k.json, dataset_coco.json or dataset.json"


_IMAGE = {"filename": str, "split": str, "filepath?": str, "sentences": [dict]}


def find(root):
    """The one such file in `root`; UserError if there are several to choose from."""
    files = [file for file in sorted(root.glob("*.json")) if accepts(file)]
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise UserError(f"{root} holds {names}: name the one you mean.")
    return files[0] if files else None


def accepts(file):
    """Whether `file` is called like one of Karpathy's."""
    name = file.name.lower()
    return name == "dataset.json" or name.startswith("dataset_") and name.endswith(".json")


def read(root, file):
    """The Listing of `file`. restval counts as train and val as dev; COCO's photos lie in train2014/ and val2014/."""
    content = read_json(file)
    captions, splits, damaged, folders = [], {}, [], set()
    if not isinstance(content, dict) or not isinstance(content.get("images"), list):
        raise UserError(f"{file} is not one of Karpathy's files: it has no list of images.")
    for index, image in enumerate(content["images"]):
        try:
            check(image, _IMAGE, file.name)
            name, split = image["filename"], SPLIT_NAMES[image["split"]]
            texts = [_text(sentence, file) for sentence in image["sentences"]]
            folders.add(image.get("filepath", ""))
        except (KeyError, UserError):
            damaged.append(f"{file.name} image {index}")
            continue
        splits.setdefault(split, []).append(name)
        captions.extend((name, text) for text in texts)
    folder, files = find_photos(root)
    for subfolder in sorted(folders - {""}):
        if not stays_inside(subfolder):
            raise UserError(f"{file} names the folder {subfolder!r:.100}, which is not in the data set's own.")
        for base in (root, folder):
            files.update(photos_in(base / subfolder))
    return Listing(FORMAT, captions, splits, files, folder, damaged)


def _text(sentence, file):
    """A sentence as it was written, or its tokens. UserError when it has neither."""
    raw = sentence.get("raw") or ""
    check(raw, str, file.name)
    if not raw:
        check(sentence, {"tokens": [str]}, file.name)
    return raw or " ".join(sentence["tokens"])
