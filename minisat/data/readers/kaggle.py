"""Kaggle's copy of Flickr8k: `captions.txt`, a table with the columns image and caption."""

from minisat.data.listing import Listing, find_photos, find_split_lists
from minisat.data.readers.table import is_caption_table, read_table

FORMAT = "Kaggle captions.txt"
LOOKED_FOR = "captions.txt with the columns image,caption"


def find(root):
    """`root`/captions.txt, if it is such a table."""
    file = root / "captions.txt"
    return file if file.is_file() and accepts(file) else None


def accepts(file):
    """Whether `file` is a .txt whose first line names an image and a caption column."""
    return file.suffix.lower() == ".txt" and is_caption_table(file)


def read(root, file):
    """The Listing of the table `file`; split lists, which Kaggle does not have, are used where somebody put them."""
    captions, splits, damaged = read_table(file)
    folder, files = find_photos(root)
    return Listing(FORMAT, captions, splits or find_split_lists(root), files, folder, damaged)
