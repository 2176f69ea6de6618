"""Where data sets are published, under which terms, and the hash of every file. Nothing here comes with this package.

The MD5 sums of Flickr8k's archives are those that R's torchvision pins, too; the SHA-256 sums of Karpathy's files are
those that git LFS names them by.
"""

from typing import NamedTuple

from minisat.errors import UserError, did_you_mean

_RELEASE = "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k/"
_SPLITS = "https://github.com/Delphboy/karpathy-splits/raw/89f5ec1e45369152415aa3f676d10a2ac56b37ac/"

FLICKR8K_TERMS = """Flickr8k: 8,000 photos with five captions each.
  The photos were put on Flickr by their photographers, to whom they belong. The authors give photos and captions out
  for non-commercial research and education only. Do not publish the photos or pass them on, and cite:
    M. Hodosh, P. Young and J. Hockenmaier (2013), "Framing Image Description as a Ranking Task: Data, Models and
    Evaluation Metrics", Journal of Artificial Intelligence Research 47, 853-899.
  The authors give it out on request (https://forms.illinois.edu/sec/1713398); fetched is a copy of what they gave out,
  which somebody else has published (https://github.com/jbrownlee/Datasets/releases)."""
_SPLIT_TERMS = """Karpathy's splits of {0}: its captions, and which photos are for training, dev and test.
  The captions are {0}'s, under its terms. Cite, beside it:
    A. Karpathy and L. Fei-Fei (2015), "Deep Visual-Semantic Alignments for Generating Image Descriptions", CVPR.
  The authors' own address is gone; fetched is a copy that somebody else has published
  (https://github.com/Delphboy/karpathy-splits)."""


class Archive(NamedTuple):
    """One published file."""

    file: str
    address: str
    algorithm: str  # md5 or sha256
    digits: str     # its hash, whole
    size: int       # bytes, about
    unpacked: int   # bytes that come out of it, about; 0 where it is no archive


class Source(NamedTuple):
    """A data set, or something that belongs into one's folder."""

    name: str
    folder: str      # where it goes unless told
    terms: str
    archives: tuple
    whole: bool      # whether it is a data set; else it is put into the folder of one

    @property
    def disk(self):
        """Bytes that it needs while it is fetched."""
        return sum(archive.size + archive.unpacked for archive in self.archives)

    @property
    def kept(self):
        """Bytes that it needs in the end."""
        return sum(archive.unpacked or archive.size for archive in self.archives)


def _split(name, folder, title, file, size, digits):
    return Source(f"karpathy-{name}", folder, _SPLIT_TERMS.format(title),
                  (Archive(f"dataset_{name}.json", _SPLITS + file, "sha256", digits, size, 0),), False)


SOURCES = (
    Source("flickr8k", "Flickr8k", FLICKR8K_TERMS, (
        Archive("Flickr8k_text.zip", f"{_RELEASE}Flickr8k_text.zip", "md5", "bf6c1abcb8e4a833b7f922104de18627",
                2_400_000, 11_000_000),
        Archive("Flickr8k_Dataset.zip", f"{_RELEASE}Flickr8k_Dataset.zip", "md5", "f18a1e2920de5bd84dae7cf08ec78978",
                1_120_000_000, 1_130_000_000)), True),
    _split("flickr8k", "Flickr8k", "Flickr8k", "dataset_flickr8k.json", 26_366_489,
           "c87925adfdb28e649d26194b6d3d8e12449ad1bc75ac89a9f4e68e1d3fae7cc0"),
    _split("flickr30k", "Flickr30k", "Flickr30k", "dataset_flickr32k.json", 111_042_326,  # it is misnamed there
           "64c85af0e9d187091cb88890e56b3f640ac48386196a930d3ff8433d73165135"),
    _split("coco", "COCO", "COCO", "dataset_coco.json", 408_860_810,
           "af76e819987c9ced8452fdb4da823524e033f7baa097cf40bab83bdab4c469ea"))

BY_HAND = {
    "flickr30k": "Flickr30k is given out on request: ask at https://shannon.cs.illinois.edu/DenotationGraph/, unpack "
                 "the photos as Flickr30k/flickr30k-images, then `minisat data fetch karpathy-flickr30k --out "
                 "Flickr30k` brings captions and splits.",
    "coco": "COCO is fetched by hand, 19 GB: unpack train2014.zip and val2014.zip of https://cocodataset.org/#download "
            "into a folder COCO, then `minisat data fetch karpathy-coco --out COCO` brings captions and splits."}
"""How to get what is not fetched, a sentence each."""


def source(name):
    """The Source of that name; UserError, saying how to get it, for a data set that is not fetched, and for no name."""
    for entry in SOURCES:
        if name == entry.name:
            return entry
    if name in BY_HAND:
        raise UserError(BY_HAND[name])
    names = [entry.name for entry in SOURCES] + list(BY_HAND)
    raise UserError(f"There is no data set {name!r} to fetch: choose {', '.join(names)}.{did_you_mean(name, names)}")
