"""Photos on the command line: files, and folders of them."""

from pathlib import Path

from minisat.errors import UserError

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


def find_photos(places, report):
    """The photo files that `places` name, each once, a folder's by alphabet; `report(error)` hears of the rest."""
    found = {}
    for place in map(Path, places):
        inside = [place]
        if place.is_dir():
            inside = sorted(path for path in place.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
            if not inside:
                report(UserError(f"There is no photo in the folder {place}."))
        found |= dict.fromkeys(inside)
    return list(found)
