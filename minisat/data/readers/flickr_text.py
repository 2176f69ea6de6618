"""Flickr8k's (and Flickr30k's) own text files: `NAME.jpg#N<TAB>caption` and lists of names."""

import re

from minisat.data.listing import (
    Listing,
    find_photos,
    find_split_lists,
    read_text_file,
    subfolders,
    text_lines,
)

FORMAT = "Flickr8k text files"
LOOKED_FOR = "Flickr8k.token.txt"

# Some copies have blanks where the tab was; a name may hold '#' and, before a tab, blanks.
_LINE = re.compile(r"(?:(?P<name>[^\t]+)#\d+\s*\t|(?P<bare>\S+)#\d+ )(?P<caption>.*)")


def find(root):
    """The token file in `root` or a folder in it (the original archive has Flickr8k_text/)."""
    for folder in [root, *subfolders(root)]:
        for file in sorted([*folder.glob("*.token.txt"), *folder.glob("*.token")]):
            if accepts(file):
                return file
    return None


def accepts(file):
    """Whether `file` is called like a token file (the lemmatised one that comes along is not wanted)."""
    return file.name.lower().endswith((".token.txt", ".token")) and "lemma" not in file.name.lower()


def read(root, file):
    """The Listing of the token file `file` and the split lists beside it or in `root`."""
    captions, damaged = [], []
    for number, line in enumerate(text_lines(read_text_file(file)), start=1):
        if match := _LINE.fullmatch(line):
            captions.append(((match["name"] or match["bare"]).strip(), match["caption"]))
        elif line.strip():
            damaged.append(f"{file.name} line {number}")
    folder, files = find_photos(root)
    return Listing(FORMAT, captions, find_split_lists(file.parent, root), files, folder, damaged)
