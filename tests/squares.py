"""A data set so small that a training takes a second: plain photos of one coloured square each; as fixtures."""

import itertools

import numpy as np
import pytest
from PIL import Image

from minisat.data import read_dataset
from minisat.vision import build, extract

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 220), "white": (240, 240, 240)}
PLACES = {"left": 4, "right": 36}


def write_squares(folder, dev=6):
    """A Flickr8k-format folder of 24 photos: 16 and more to train on, `dev` for dev, 2 for test."""
    images = folder / "Images"
    images.mkdir(parents=True)
    rng = np.random.default_rng(0)
    names, lines = [], []
    for i, (colour, place, _) in enumerate(itertools.product(COLOURS, PLACES, range(3))):
        pixels = np.full((64, 64, 3), 100, np.uint8)
        top = int(rng.integers(4, 36))
        pixels[top:top + 24, PLACES[place]:PLACES[place] + 24] = COLOURS[colour]
        name = f"{i:02}.png"
        Image.fromarray(pixels).save(images / name)
        names.append(name)
        for k, caption in enumerate((f"A {colour} square on the {place} .", f"On the {place} a {colour} square .",
                                     f"{colour} thing {place}")):
            lines.append(f"{name}#{k}\t{caption}")
    order = rng.permutation(names).tolist()
    (folder / "Flickr8k.token.txt").write_text("\n".join(lines) + "\n")
    for split, part in (("dev", order[:dev]), ("test", order[dev:dev + 2]), ("train", order[dev + 2:])):
        (folder / f"Flickr_8k.{split}Images.txt").write_text("\n".join(part) + "\n")
    return folder


@pytest.fixture(scope="session")
def squares(tmp_path_factory):
    """The data set's folder."""
    return write_squares(tmp_path_factory.mktemp("data") / "squares")


@pytest.fixture(scope="session")
def store(squares, tmp_path_factory):
    """A feature store of those photos, by a toy CNN of random weights; the path."""
    path = tmp_path_factory.mktemp("features") / "store"
    extract(read_dataset(squares).photos, build("toy_cnn", rng=0), path)
    return path
