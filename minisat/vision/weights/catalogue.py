"""The standard weights of each encoder: torchvision's files, and where they are to be had.

File names, sizes and accuracies are those that torchvision 0.28 lists; the eight digits in a file's name begin its
SHA-256. Nothing here comes with this package.
"""

import os
from pathlib import Path
from typing import NamedTuple

from minisat.errors import UserError, did_you_mean

ADDRESS = "https://download.pytorch.org/models/"
TERMS = ("The files are torchvision's, trained on ImageNet (https://github.com/pytorch/vision). torchvision says that "
         "they may have terms of their own, derived from the data they were trained on, and that it is for you to see "
         "whether you may use them: https://github.com/pytorch/vision#pre-trained-model-license")


class Standard(NamedTuple):
    """One published file."""

    name: str       # what `minisat weights fetch` calls it: the encoder's name, with -v2 for the newer recipe
    file: str
    mebibytes: float
    top1: float     # per cent of ImageNet's validation images, one central crop

    @property
    def encoder(self):
        """The encoder it is for."""
        return self.name.removesuffix("-v2")

    @property
    def address(self):
        """Where it is published."""
        return ADDRESS + self.file

    @property
    def digits(self):
        """The first digits of its SHA-256, from its name."""
        return digits_in(self.file)


STANDARD = tuple(Standard(*entry) for entry in (
    ("alexnet", "alexnet-owt-7be5be79.pth", 233.087, 56.522),
    ("vgg16", "vgg16-397923af.pth", 527.796, 71.592),
    ("vgg19", "vgg19-dcbb9e9d.pth", 548.051, 72.376),
    ("googlenet", "googlenet-1378be20.pth", 49.731, 69.778),
    ("inception_v3", "inception_v3_google-0cc3c7bd.pth", 103.903, 77.294),
    ("resnet18", "resnet18-f37072fd.pth", 44.661, 69.758),
    ("resnet34", "resnet34-b627a593.pth", 83.275, 73.314),
    ("resnet50", "resnet50-0676ba61.pth", 97.781, 76.130),
    ("resnet50-v2", "resnet50-11ad3fa6.pth", 97.79, 80.858),
    ("resnet101", "resnet101-63fe2227.pth", 170.511, 77.374),
    ("resnet101-v2", "resnet101-cd907fc2.pth", 170.53, 81.886),
    ("resnet152", "resnet152-394f9c45.pth", 230.434, 78.312),
    ("resnet152-v2", "resnet152-f82ba261.pth", 230.474, 82.284),
    ("squeezenet1_1", "squeezenet1_1-b8a52dc0.pth", 4.729, 58.178),
    ("mobilenet_v2", "mobilenet_v2-b0353104.pth", 13.555, 71.878),
    ("mobilenet_v2-v2", "mobilenet_v2-7ebf99e0.pth", 13.598, 72.154)))


def standard(name):
    """The Standard of that name or file name; UserError when there is none."""
    for entry in STANDARD:
        if name in (entry.name, entry.file):
            return entry
    names = [entry.name for entry in STANDARD]
    raise UserError(f"There are no standard weights {name!r}: choose {', '.join(names)}.{did_you_mean(name, names)}")


def digits_in(file):
    """The hash digits that torchvision puts into a file's name ("resnet50-0676ba61.pth"), or None."""
    digits = Path(file).stem.rpartition("-")[2]
    return digits if len(digits) == 8 and set(digits) <= set("0123456789abcdef") else None


def cache_folder():
    """Where fetched files go: $MINISAT_WEIGHTS, or minisat/weights in the user's cache."""
    return Path(os.environ.get("MINISAT_WEIGHTS") or _user_cache() / "minisat" / "weights")


def find_standard(entry):
    """The path of a standard file that is here already: in our cache or in torch's. None when it is in neither."""
    torch = Path(os.environ.get("TORCH_HOME") or _user_cache() / "torch") / "hub" / "checkpoints"
    return next((folder / entry.file for folder in (cache_folder(), torch) if (folder / entry.file).is_file()), None)


def _user_cache():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
