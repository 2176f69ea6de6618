"""Download a file whole or not at all: resumed where it broke off, and held against the hash it should have."""

import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

from minisat.errors import UserError
from minisat.vision.weights.reading import file_hash

BLOCK = 1 << 18   # bytes
TIMEOUT = 30.0    # seconds without a byte


def download(address, path, digits, progress=None):
    """Fetch `address` to `path`, whose SHA-256 must begin with `digits`. Returns the hash.

    What has come stays beside it as `NAME.partial` when the connection breaks, and the next call goes on from there;
    only a whole file with the right hash gets the name `path`. `progress(bytes so far)`. UserError when the server
    cannot be reached, has no such file, or sends something else.
    """
    path = Path(path)
    partial = path.with_name(f"{path.name}.partial")
    if path.exists():
        return _verified(path, digits, f"{path} is there already, and it is not what {address} should be: its SHA-256 "
                                       "is {found}…, not {digits}… Move it away to fetch it again.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _receive(address, partial, progress)
        try:
            found = _verified(partial, digits, f"What {address} sent is not the file it should be: its SHA-256 is "
                                               "{found}…, not {digits}… It was thrown away.")
        except UserError:
            partial.unlink()
            raise
        with open(partial, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror or error}.") from error
    return found


def _verified(path, digits, complaint):
    """The file's SHA-256; UserError with the complaint when it does not begin with `digits`."""
    found = file_hash(path)
    if not found.startswith(digits):
        raise UserError(complaint.format(found=found[:len(digits)], digits=digits))
    return found


def _receive(address, partial, progress):
    """Append what is missing to `partial`, or start it anew where the server does not resume."""
    there = partial.stat().st_size if partial.exists() else 0
    response = _open(address, there)
    if response is None:   # there is nothing after what we have
        return
    with response:
        resumed = response.status == 206
        if resumed and not response.headers.get("Content-Range", "").startswith(f"bytes {there}-"):
            raise UserError(f"{address} answered with another part of the file than was asked for.")
        there = there if resumed else 0
        length = response.headers.get("Content-Length", "")
        total = there + int(length) if length.isascii() and length.isdigit() else None
        with open(partial, "ab" if resumed else "wb") as file:
            while block := _read(response, address):
                file.write(block)
                there += len(block)
                if progress:
                    progress(there)
    if total is not None and there < total:
        raise UserError(f"The connection to {address} broke off after {there} of {total} bytes: the same command goes "
                        "on from there.")


def _open(address, there):
    """The server's answer to a request for all bytes from `there` on; None when it has no more (416)."""
    try:
        request = urllib.request.Request(address, headers={"Range": f"bytes={there}-"} if there else {})
        return urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and there:
                return None
            raise UserError(f"{address} cannot be had: the server says {error.code} {error.reason}.") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(f"Cannot reach {address} ({getattr(reason, 'strerror', None) or reason}): is this machine "
                        "offline? The file can be fetched by other means, too.") from error


def _read(response, address):
    """The next bytes, b"" at the end."""
    try:
        return response.read(BLOCK)
    except (OSError, http.client.HTTPException) as error:
        raise UserError(f"The connection to {address} broke off ({error}): the same command goes on from there."
                        ) from error
