"""A plain folder of photos with a CSV: columns image, caption and, if you like, split."""

from pathlib import PurePosixPath

from minisat.data.listing import Listing, find_photos, find_split_lists, photos_in, stays_inside, subfolders
from minisat.data.readers.table import is_caption_table, read_table
from minisat.errors import UserError

FORMAT = "folder with a CSV"
LOOKED_FOR = "a .csv or .tsv with the columns image,caption[,split]"


def find(root):
    """The one caption table in `root`; UserError if there are several to choose from."""
    files = [file for file in sorted(root.iterdir()) if file.is_file() and accepts(file)]
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise UserError(f"{root} holds several caption tables ({names}): name the one you mean.")
    return files[0] if files else None


def accepts(file):
    """Whether `file` is a .csv or .tsv whose first line names an image and a caption column."""
    return file.suffix.lower() in (".csv", ".tsv") and is_caption_table(file)


def read(root, file):
    """The Listing of the table `file`. Each photo may be given by name or by its path below `root`."""
    captions, splits, damaged = read_table(file)
    folder, files = find_photos(root)
    parents = {PurePosixPath(name).parent for name, _ in captions if stays_inside(name)}
    plain = PurePosixPath(".") in parents or not parents
    if plain and not files:
        files = {name: path for child in subfolders(root) for name, path in photos_in(child).items()}
    # {path below root: file} of every folder that a caption names
    below = {str(parent / name): path for parent in sorted(parents) if parent.name
             for base in (folder, root) for name, path in photos_in(base / parent).items()}
    named = set(below.values())
    files = below | {name: path for name, path in files.items() if plain and path not in named}
    return Listing(FORMAT, captions, splits or find_split_lists(root), files, folder if plain else root, damaged)
