"""Flickr30k Entities (Plummer et al. 2015): which words of a photo's captions name what, and in which boxes it lies.

Read is the user's own copy of `annotations.zip` from github.com/BryanPlummer/flickr30k_entities, as it is or unpacked:

    Annotations/ID.xml    the photo's size; objects, each with its names (numbers of things) and a box, or none
    Sentences/ID.txt      five captions: [/EN#283585/people A child] in [/EN#283587/clothing a pink dress] …

ID is the photo's number at Flickr, with which its name in Flickr8k and Flickr30k begins. Thing 0 cannot be seen.
"""

import re
import zipfile
import zlib
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree.ElementTree import TreeBuilder
from xml.parsers import expat

from minisat.errors import UserError
from minisat.files import read_bytes

LARGEST = 1 << 20    # bytes of one photo's file; the largest real ones have some thousands
LONGEST = 100_000    # pixels of a photo's side
_PHRASE = re.compile(r"\[/EN#(\d+)(?:/[^\s/\]]+)* ([^\[\]]*)\]")
FOLDERS = ("Annotations", "Sentences")


class Annotation(NamedTuple):
    """What people drew and bound together in one photo."""

    width: int       # of the photo in which the boxes were drawn, pixels
    height: int
    captions: tuple  # each a tuple of pieces (text, thing), thing a str, or None between phrases
    boxes: dict      # {thing: [(left, top, right, bottom), …]} in pixels from 0, right and bottom excluded


class Entities:
    """The annotations in `path`, a ZIP archive or a folder. UserError when they are not there."""

    def __init__(self, path):
        self.path = Path(path)
        if not self.path.exists():
            raise UserError(f"There is no {path}: wanted is annotations.zip of Flickr30k Entities, or the folder with "
                            "what is in it.")
        self._files = _files_in_folder(self.path) if self.path.is_dir() else _files_in_archive(self.path)
        if any(not any(kind == folder for folder, _ in self._files) for kind in FOLDERS):
            raise UserError(f"{path} holds no Flickr30k Entities: {' and '.join(FOLDERS)} are not both in it.")

    def of(self, name):
        """The Annotation of the photo called `name`, None where it has none. UserError when its files are damaged."""
        number = Path(name).stem.split("_")[0]
        files = [self._files.get((folder, f"{number}.{kind}")) for folder, kind in zip(FOLDERS, ("xml", "txt"))]
        if None in files:
            return None
        try:
            xml, text = (read() for read in files)
            width, height, boxes = _objects(xml)
            return Annotation(width, height, _captions(text), boxes)
        except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, expat.ExpatError) as error:
            raise UserError(f"The annotation of photo {number} in {self.path} is damaged: {error}.") from error


def _files_in_folder(path):
    """{(folder, file): a function that reads it}: of `path`, or of the folder in it that has FOLDERS."""
    inside = (path, *sorted(child for child in path.iterdir() if child.is_dir()))
    root = next((root for root in inside if all((root / name).is_dir() for name in FOLDERS)), path)
    return {(name, file.name): partial(read_bytes, file, LARGEST)
            for name in FOLDERS if (root / name).is_dir() for file in (root / name).iterdir()}


def _files_in_archive(path):
    """The same of a ZIP archive, wherever in it they are."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is no ZIP archive that can be read: {error}.") from error

    def read(entry):
        with archive.open(entry) as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(f"{entry.filename} has more than {LARGEST:,} bytes")
        return content
    places = {entry: PurePosixPath(entry.filename).parts for entry in archive.infolist()}
    return {parts[-2:]: partial(read, entry) for entry, parts in places.items()
            if len(parts) > 1 and parts[-2] in FOLDERS and parts[0] != "__MACOSX"}


def _captions(content):
    """The lines of a Sentences file as pieces. ValueError for a line that is not of its form."""
    captions = []
    for number, line in enumerate(content.decode("utf-8-sig").split("\n"), 1):
        pieces, end = [], 0
        for phrase in _PHRASE.finditer(line):
            pieces += [(line[end:phrase.start()], None), (phrase[2], phrase[1])]
            end = phrase.end()
        pieces.append((line[end:], None))
        if any("[/EN#" in text for text, thing in pieces if thing is None):
            raise ValueError(f"line {number} of its sentences has a phrase that does not begin and end as it should")
        if pieces := tuple((" ".join(text.split()), thing) for text, thing in pieces if text.strip()):
            captions.append(pieces)
    return tuple(captions)


def _objects(content):
    """(width, height, boxes) of an Annotations file. ValueError, ExpatError where it is not of its form."""
    root = _parse(content)
    width, height = (_number(root, f"size/{side}") for side in ("width", "height"))
    if not (0 < width <= LONGEST and 0 < height <= LONGEST):
        raise ValueError(f"the photo has {width} × {height} pixels")
    boxes = {}
    for thing in root.findall("object"):
        if (box := thing.find("bndbox")) is None:
            continue  # it is the whole scene, or nobody could box it
        left, top, right, bottom = (_number(box, side) for side in ("xmin", "ymin", "xmax", "ymax"))
        # Pixels are counted from 1 there, and the last is in. What lies outside the photo is cut off.
        box = max(left - 1, 0), max(top - 1, 0), min(right, width), min(bottom, height)
        if box[0] < box[2] and box[1] < box[3]:
            for name in thing.findall("name"):
                boxes.setdefault((name.text or "").strip(), []).append(box)
    return width, height, boxes


def _parse(content):
    """The root element of XML. No document type is let in: it could define entities that grow without end."""
    builder, parser = TreeBuilder(), expat.ParserCreate()

    def refuse(*_):
        raise ValueError("its XML has a document type, which no annotation has")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(content, True)
    return builder.close()


def _number(element, place):
    """The whole number that stands at a place below an element."""
    text = (element.findtext(place) or "").strip()
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise ValueError(f"{text[:20]!r} stands where its {place} should")
    return int(text)
