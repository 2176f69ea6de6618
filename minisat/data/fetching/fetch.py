"""Fetch a data set: the archives, resumed where they broke off, unpacked beside its place, and put there when whole."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from minisat.data.fetching.unpacking import unpack
from minisat.data.listing import find_photos
from minisat.download import download
from minisat.errors import UserError
from minisat.files import write_text
from minisat.locks import locked
from minisat.room import check_room

TERMS = "TERMS.txt"   # is put beside the data
SLACK = 1.2           # sizes are known roughly: beyond that factor it is something else
_LINE = re.compile(rb"([^\t]+)#\d+\s")


class Fetched(NamedTuple):
    """What came of it."""

    path: Path         # what to read as a data set: a folder, or a caption file
    left_out: tuple    # entries of the archives that are not part of the data
    absent: dict       # {photo: captions dropped} of photos that do not exist


def working_folder(out):
    """Where archives lie while `out` is being fetched; what is in it is gone on from."""
    return out.with_name(f"{out.name}.partial")


def check_place(source, out):
    """UserError when `source` cannot be put into the folder `out`, or there is too little room."""
    out = Path(out)
    if source.whole and (out.is_file() or out.is_dir() and any(out.iterdir())):
        raise UserError(f"{out} is there already: `minisat data check {out}` says what it holds; --out FOLDER names "
                        "another place.")
    if not source.whole and out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file: --out names the folder of the data set.")
    there = sum(file.stat().st_size for file in working_folder(out).glob("*") if file.is_file())
    check_room(f"Fetching {source.name}", out, max(source.disk - there, 0))


def fetch(source, out, mirror=None, progress=None):
    """Fetch a Source into the folder `out`; returns the Fetched. `mirror`: a web folder with the same files.

    `progress(what, unit, total)` is a context whose `update_to(done)` hears how far it is. Until all is whole, all lies
    in the folder OUT.partial, where a later call goes on; then it gets its name at once. UserError when a server cannot
    be reached or sends something else, when an archive should not be unpacked, and when there is no room.
    """
    out = Path(out)
    check_place(source, out)
    work = working_folder(out)
    try:
        work.mkdir(parents=True, exist_ok=True)
        with locked(work):
            for archive in source.archives:
                _download(archive, work / archive.file, mirror, progress)
            found = _put(source, work, out) if not source.whole else _unpacked(source, work, out, progress)
        shutil.rmtree(work)
    except OSError as error:
        raise UserError(f"Cannot write {out}: {error.strerror or error}.") from error
    return found


def _download(archive, path, mirror, progress):
    address = f"{mirror.rstrip('/')}/{archive.file}" if mirror else archive.address
    with progress(archive.file, "megabyte", round(archive.size / 1e6)) as display:
        download(address, path, archive.digits, lambda received: display.update_to(received // 1_000_000),
                 algorithm=archive.algorithm, most=round(SLACK * archive.size))


def _put(source, work, out):
    """Files that are no archives, into a folder that may hold a data set."""
    out.mkdir(exist_ok=True)
    for archive in source.archives:
        (work / archive.file).replace(out / archive.file)
    return Fetched(out / source.archives[-1].file, (), {})


def _unpacked(source, work, out, progress):
    """Archives, unpacked into a folder that gets its name when it is whole."""
    whole, left_out = work / "whole", []
    if whole.exists():   # of a call that was interrupted
        shutil.rmtree(whole)
    whole.mkdir()
    for archive in source.archives:
        with progress(f"unpacking {archive.file}", "megabyte", round(archive.unpacked / 1e6)) as display:
            left_out += unpack(work / archive.file, whole, round(SLACK * archive.unpacked),
                               lambda done, display=display: display.update_to(done // 1_000_000))
    absent = drop_absent(whole)
    write_text(whole / TERMS, f"{source.terms}\n")
    if out.exists():     # and empty
        out.rmdir()
    whole.replace(out)
    return Fetched(out, tuple(left_out), absent)


def drop_absent(folder):
    """Drop, of the caption files NAME.token.txt in `folder`, the captions of photos that do not exist: {photo: number}.

    Where there is no photo at all, all captions stay: features may stand in.
    """
    _, photos = find_photos(folder)
    absent = {}
    for file in sorted(folder.glob("*.token.txt")) if photos else ():
        kept = []
        for line in file.read_bytes().splitlines(keepends=True):
            name = match[1].decode("utf-8", "replace") if (match := _LINE.match(line)) else None
            if name is None or name in photos:
                kept.append(line)
            elif "lemma" not in file.name:
                absent[name] = absent.get(name, 0) + 1
        file.write_bytes(b"".join(kept))
    return absent
