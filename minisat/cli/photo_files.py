"""Photos on the command line: files, and folders of them, read a few at a time."""

from pathlib import Path

from minisat.errors import UserError, note

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


def find_photos(places, problems):
    """The photo files that `places` name, each once, a folder's by alphabet; a folder without is one of `problems`."""
    found = {}
    for place in map(Path, places):
        inside = [place]
        if place.is_dir():
            inside = sorted(path for path in place.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
            if not inside:
                _keep(problems, f"There is no photo in the folder {place}.")
        found |= dict.fromkeys(inside)
    return list(found)


def read_in_rounds(paths, read, count, problems):
    """Yield {path: read(path)} of at most `count` photos; each that cannot be read is one of `problems`, and noted."""
    for start in range(0, len(paths), count):
        photos = {}
        for path in paths[start:start + count]:
            try:
                photos[path] = read(path)
            except UserError as error:
                _keep(problems, error)
        if photos:
            yield photos


def _keep(problems, problem):
    """The rest of the photos goes on."""
    problems.append(problem)
    note(str(problem))
