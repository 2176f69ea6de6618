"""One reader a format; the format of a folder is recognised by what is in it.

A reader is a module with FORMAT (its name), LOOKED_FOR (what tells it), `find(root)` (the caption file in a folder, or
None), `accepts(file)` (whether a file given by name is one of its own) and `read(root, file)` (the Listing).
"""

from minisat.data.readers import coco, csv_table, flickr_text, kaggle, karpathy
from minisat.errors import UserError

# Formats that say how to split come before those that do not: a folder may hold two.
READERS = (flickr_text, karpathy, coco, kaggle, csv_table)
_INNER_FOLDERS = ("annotations", "flickr8k_text")


def is_caption_file(path):
    """Whether the file `path` is the caption file of a known format, rather than any other text."""
    return path.is_file() and any(reader.accepts(path) for reader in READERS)


def read_listing(path):
    """(root folder, Listing) of the data set `path`, a folder or one caption file. UserError if there is none."""
    if not path.exists():
        raise UserError(f"There is no data set {path}: no such file or folder.")
    for reader in READERS:
        if path.is_file():
            root = path.parent.parent if path.parent.name.lower() in _INNER_FOLDERS else path.parent
            file = path if reader.accepts(path) else None
        else:
            root, file = path, reader.find(path)
        if file is not None:
            return root, reader.read(root, file)
    looked_for = "; ".join(f"{reader.LOOKED_FOR} ({reader.FORMAT})" for reader in READERS)
    raise UserError(f"{path} is no data set of a known format. Looked for: {looked_for}.")
