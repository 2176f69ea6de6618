"""A data set: photos with their captions, each in one split."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minisat.data.listing import SPLITS, Listing, stays_inside
from minisat.data.readers import read_listing
from minisat.errors import UserError, did_you_mean


class Photo(NamedTuple):
    """One photo of a data set. The file need not be there: a feature store can stand in for it."""

    name: str                  # as the data set names it
    path: Path
    split: str                 # train, dev or test
    captions: tuple[str, ...]  # at least one, blanks tidied, otherwise as written


@dataclass(frozen=True)
class Dataset:
    """The photos of a data set, train first, then dev and test, each in the order of its list."""

    root: Path
    format: str
    photos: list[Photo]
    listing: Listing = field(repr=False)  # what the files say, for `check_dataset`

    @property
    def splits(self):
        """{split: number of photos} of the splits that exist."""
        counts = {split: sum(photo.split == split for photo in self.photos) for split in SPLITS}
        return {split: count for split, count in counts.items() if count}

    def split(self, name):
        """The photos (a list) of the split `name`; UserError, listing the splits that exist, for another name."""
        photos = [photo for photo in self.photos if photo.split == name]
        if not photos:
            existing = ", ".join(f"{split} ({count} photos)" for split, count in self.splits.items())
            raise UserError(f"{self.root} has no split {name!r}; it has {existing}.{did_you_mean(name, self.splits)}")
        return photos


def read_dataset(path, seed=0):
    """The data set in the folder `path` (or whose caption file is `path`), in whichever format it is.

    Rules: a photo is used when a split lists it and it has a caption that is not empty. A list that is missing is
    no error. Without any list the photos that are there are split 80/10/10, drawn with `seed`. A photo that two
    splits list belongs to the later one (test before dev before train), so that nothing leaks into training;
    `check_dataset` reports it. UserError when nothing can be read, and for a photo that is named by an absolute path or
    one with "..".
    """
    path = Path(path)
    root, listing = read_listing(path)
    captions = {}
    for name, caption in listing.captions:
        if caption := " ".join(caption.split()):
            captions.setdefault(name, []).append(caption)
    for name in (*captions, *(name for names in listing.splits.values() for name in names)):
        if not stays_inside(name):
            raise UserError(f"{path} names the photo {name!r:.100}, which is not in the data set's folder: give photos "
                            "by their names or by paths below the folder.")
    if not captions:
        raise UserError(f"{path} holds no captions.")
    splits = listing.splits or _random_splits(_usable(captions, listing), seed)
    split_of = {name: split for split in SPLITS for name in splits.get(split, ())}
    photos = [Photo(name, listing.files.get(name, listing.folder / name), split, tuple(captions[name]))
              for split in SPLITS for name in dict.fromkeys(splits.get(split, ()))
              if split_of[name] == split and name in captions]
    if not photos:
        raise UserError(f"None of the photos in the split lists of {path} has a caption.")
    return Dataset(root, listing.format, photos, listing)


def _usable(captions, listing):
    """Names of the captioned photos, without those that are missing unless all are (features may stand in)."""
    there = [name for name in captions if name in listing.files]
    return there or list(captions)


def _random_splits(names, seed):
    """{split: names}: 80/10/10 of `names`, at least one in dev and test where there are three or more."""
    names = sorted(names)
    order = np.random.default_rng(seed).permutation(len(names))
    held_out = max(1, round(len(names) / 10)) if len(names) > 2 else 0
    cuts = {"test": order[:held_out], "dev": order[held_out:2 * held_out], "train": order[2 * held_out:]}
    return {split: [names[i] for i in sorted(chosen)] for split, chosen in cuts.items()}
