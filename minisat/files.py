"""Files that are written whole or not at all, and JSON read with types and limits, whoever wrote it."""

import hashlib
import json
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path

from minisat.errors import UserError
from minisat.rules import check

LARGEST = 1 << 30       # bytes of a file that is read whole; COCO's largest caption file has 0.15 GB
LONGEST_NUMBER = 19     # digits of a whole number in JSON: 64 bits


@contextmanager
def whole_file(path):
    """Yield a temporary path beside `path`; on success it replaces `path`, on failure it is removed.

    Parent folders are made. The replacement is atomic, so a reader sees the old file or the new one
    and never a part. Raises UserError when the disk is full or the place cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"Cannot write {_shown(path)}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):  # below a file, for one: what went wrong has been said
            temporary.unlink(missing_ok=True)


def try_file(path):
    """UserError now, rather than after hours of work, when `whole_file(path)` could not write there.

    Nothing is left behind, no folder either, and a file that is there stays as it is.
    """
    path, made = Path(path), []
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        if path.is_dir():
            raise UserError(f"Cannot write {_shown(path)}: it is a folder.")
        made = [folder for folder in path.parents if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
    except OSError as error:
        raise UserError(f"Cannot write {_shown(path)}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in made:
                folder.rmdir()


def try_folder(path):
    """The same for any file in the folder `path`."""
    try_file(Path(path) / "trial")


def write_text(path, text):
    """Write `text` to `path` as UTF-8, whole or not at all; halves of a character, which it cannot hold, become ?."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="replace")


def write_json(path, value):
    """Write `value` as indented JSON to `path`, whole or not at all."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    with suppress(UnicodeEncodeError):
        text.encode("utf-8")
        return write_text(path, text + "\n")
    write_text(path, json.dumps(value, indent=1) + "\n")  # a name that is no UTF-8, written as \udc..


def read_bytes(path, largest=LARGEST):
    """What is in the file (or pipe) `path`; UserError when it cannot be read, is a device, or is too large."""
    try:
        with open(path, "rb") as file:
            if stat.S_ISCHR(os.fstat(file.fileno()).st_mode):
                raise UserError(f"Cannot read {path}: it is a device, not a file.")
            content = file.read(largest + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UserError(f"Cannot read {_shown(path)}: {getattr(error, 'strerror', None) or error}.") from error
    if len(content) > largest:
        raise UserError(f"{path} has more than {largest:,} bytes: it is not what is wanted here.")
    return content


def file_hash(path, algorithm="sha256"):
    """The hash of a file in hexadecimal digits, by an algorithm of hashlib's. UserError when it cannot be read."""
    try:
        with open(path, "rb") as file:
            digest = hashlib.new(algorithm, usedforsecurity=False)
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
    return digest.hexdigest()


def read_json(path, like=None, largest=LARGEST):
    """The value in the JSON file `path`. `like` says how it must look, as `misfits` reads it.

    UserError in one sentence when it is missing, too large, not UTF-8, not JSON, nested too deeply, holds a whole
    number beyond 64 bits, or does not look like that.
    """
    try:
        value = json.loads(read_bytes(path, largest).decode("utf-8-sig"), parse_int=_whole_number)
    except UnicodeDecodeError as error:
        raise UserError(f"Cannot read {path}: it is not UTF-8 text (byte {error.start}).") from error
    except RecursionError as error:
        raise UserError(f"{path} is nested too deeply to be read.") from error
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}.") from error
    if like is not None:
        check(value, like, path)
    return value


def _whole_number(digits):
    if len(digits.lstrip("-")) > LONGEST_NUMBER:
        raise ValueError(f"a whole number of {len(digits)} digits")
    return int(digits)


def _shown(path):
    """A path for a sentence: one of thousands of letters, which no system takes, is cut short."""
    text = str(path)
    return text if len(text) <= 300 else f"{text[:100]}…"
