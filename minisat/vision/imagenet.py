"""What the 1,000 classes of ImageNet are called."""

from functools import cache
from pathlib import Path

SOURCE = "torchvision 0.28.0 (BSD 3-Clause licence)"  # of imagenet_classes.txt, which says more


@cache
def imagenet_classes():
    """A tuple of 1,000 names; class k of a pretrained classifier is the k-th, from 0."""
    lines = Path(__file__).with_name("imagenet_classes.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))
