"""One reader a format; the format of a folder is recognised by what is in it.

A reader is a module with FORMAT (its name), LOOKED_FOR (what tells it), `find(root)` (the caption file in a folder, or
None), `accepts(file)` (whether a file given by name is one of its own) and `read(root, file)` (the Listing).
"""

import os

from minisat.data.readers import coco, csv_table, flickr_text, kaggle, karpathy
from minisat.errors import UserError
from minisat.text.tokenize import is_overlong

# Formats that say how to split come before those that do not: a folder may hold two.
READERS = (flickr_text, karpathy, coco, kaggle, csv_table)
_INNER_FOLDERS = ("annotations", "flickr8k_text")


def is_caption_file(path):
    """Whether the file `path` is the caption file of a known format, rather than any other text."""
    return path.is_file() and any(reader.accepts(path) for reader in READERS)


def read_listing(path):
    """(root folder, Listing) of the data set `path`, a folder or one caption file. UserError if there is none."""
    try:
        there = path.exists()
    except OSError as error:  # a name too long, a folder that may not be entered
        raise UserError(f"Cannot read the data set {str(path):.100}: {error.strerror or error}.") from error
    if not there:
        raise UserError(f"There is no data set {path}: no such file or folder.")
    if not path.is_file() and not path.is_dir():
        raise UserError(f"{path} is no data set: it is neither a folder nor a file.")
    for reader in READERS:
        if path.is_file():
            root = path.parent.parent if path.parent.name.lower() in _INNER_FOLDERS else path.parent
            file = path if reader.accepts(path) else None
        else:
            root, file = path, reader.find(path)
        if file is not None:
            if file.is_fifo():
                raise UserError(f"{file} is a pipe, not a file.")
            return root, usable(reader.read(root, file))
    looked_for = "; ".join(f"{reader.LOOKED_FOR} ({reader.FORMAT})" for reader in READERS)
    raise UserError(f"{path} is no data set of a known format. Looked for: {looked_for}.")


def usable(listing):
    """The Listing without names that no file can have and captions that are none; both count as damaged.

    Halves of a character in a caption, which JSON can spell and nothing can show, become question marks.
    """
    damaged = list(listing.damaged)
    splits = {split: [name for name in names if _is_name(name)] for split, names in listing.splits.items()}
    damaged += [f"the name {name!r:.100}" for names in listing.splits.values() for name in names if not _is_name(name)]
    captions = []
    for name, text in listing.captions:
        if not _is_name(name):
            damaged.append(f"the name {name!r:.100}")
        elif is_overlong(text):
            damaged.append(f"a caption of {name}, of {len(text):,} letters")
        else:
            captions.append((name, text.encode("utf-8", "replace").decode("utf-8")))
    return listing._replace(captions=captions, splits=splits, damaged=list(dict.fromkeys(damaged)))


def _is_name(name):
    """Whether a file can be called so."""
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False
