"""A ZIP archive unpacked without trusting it: nothing lands outside the folder, and no more than was expected."""

import shutil
import stat
import zipfile
import zlib
from pathlib import PurePosixPath

from minisat.data.listing import stays_inside
from minisat.errors import UserError

MOST_FILES = 200_000
_REST = (".DS_Store", "Thumbs.db", "desktop.ini")


def unpack(path, folder, most, progress=None):
    """Unpack the archive at `path` into `folder`, which is there and has no such files. Returns the names left out.

    Left out is what a system puts into archives beside what is meant: __MACOSX, .DS_Store and the like. `most`: bytes
    that may come out; `progress(bytes so far)`. UserError, before anything is written where that can be told, for an
    archive that is damaged, is encrypted, would write outside the folder, holds links or devices, names a file twice,
    or grows beyond `most`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(entries, most)
            done, left_out = 0, []
            for entry in entries:
                if is_rest(entry.filename):
                    left_out.append(entry.filename)
                elif not entry.is_dir():
                    target = folder / entry.filename
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(entry) as packed, open(target, "xb") as file:
                        shutil.copyfileobj(packed, file, 1 << 18)  # zipfile reads no more than the entry says it has
                    done += entry.file_size
                    if progress:
                        progress(done)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError) as error:  # Runtime: password, method
        raise UserError(f"The archive {path.name} cannot be unpacked: {str(error).rstrip('.') or 'it is damaged'}."
                        ) from error
    except OSError as error:
        raise UserError(f"Cannot unpack {path.name}: {error.strerror or error}.") from error
    return left_out


def is_rest(name):
    """Whether an entry is not part of what somebody meant to pack."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or bool(parts) and (parts[-1] in _REST or parts[-1].startswith("._"))


def _check(entries, most):
    """ValueError for entries that should not be unpacked."""
    if len(entries) > MOST_FILES:
        raise ValueError(f"it has {len(entries):,} entries")
    if (size := sum(entry.file_size for entry in entries)) > most:
        raise ValueError(f"{size:,} bytes would come out of it, where at most {most:,} are expected")
    files, folders = set(), set()
    for entry in entries:
        name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
        if not stays_inside(name) or "\\" in name or ":" in name:
            raise ValueError(f"it would write {name!r:.100}, outside its folder")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ValueError(f"{name!r:.100} is a link or a device")
        if entry.flag_bits & 1:
            raise ValueError(f"{name!r:.100} is encrypted")
        path = PurePosixPath(name.casefold())
        folders.update(path.parents)
        if not entry.is_dir():
            if path in files:
                raise ValueError(f"{name!r:.100} is in it twice")
            files.add(path)
    if both := files & folders:
        raise ValueError(f"{str(min(both))!r:.100} is a file and a folder in it")
