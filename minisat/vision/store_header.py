"""The header of a feature store: what the rows are and how many are done, held to its rules whenever it is read."""

from pathlib import Path

from minisat.errors import UserError
from minisat.files import read_json
from minisat.rules import Either, Rule, check
from minisat.vision.preprocess import PREPROCESSING

FORMAT = "minisat feature store 1"
LARGEST_GRID = 10_000_000  # locations, or features
LARGEST_SCALE = 1e6        # no network's features have a root mean square like that

_HEADER = {
    "encoder": str, "grid": str, "weights": Either(str, None), "weights_hash": Either(str, None),
    "preprocessing": PREPROCESSING, "names": [str], "L": Rule(int, least=1, most=LARGEST_GRID),
    "D": Rule(int, least=1, most=LARGEST_GRID), "done": Rule(int, least=0), "skipped": {str: str},
    "scale": Rule(float, above=0, most=LARGEST_SCALE), "sum_of_squares": Rule(float, least=0),
    "values_counted": Rule(int, least=0),
    "checksums?": [Rule(int, least=0, most=2**32 - 1)],  # CRC-32 of the rows that are done; not in earlier versions
}


def read_header(path):
    """The header (a dict) of the store in folder `path`; UserError when there is none, or an entry is impossible."""
    file = Path(path) / "header.json"
    if not file.is_file():
        raise UserError(f"{path} is not a feature store: it has no header.json.")
    header = read_json(file)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise UserError(f"{path} is not a feature store: its header.json is something else.")
    check(header, _HEADER, file)
    photos = len(header["names"])
    if len(set(header["names"])) < photos:
        raise UserError(f"{file}: names holds a photo twice.")
    if header["done"] > photos:
        raise UserError(f"{file}: done must be at most {photos}, the number of its photos, not {header['done']}.")
    if len(header.get("checksums", range(header["done"]))) != header["done"]:
        raise UserError(f"{file} is damaged: it has {len(header['checksums'])} checksums for {header['done']} rows.")
    return header


def rows_done(path):
    """How many rows the store in folder `path` has; 0 where there is none yet."""
    return read_header(path)["done"] if (Path(path) / "header.json").is_file() else 0
