"""Download a file whole or not at all: resumed where it broke off, and held against the hash it should have."""

import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

from minisat.errors import UserError
from minisat.files import file_hash

BLOCK = 1 << 18   # bytes
TIMEOUT = 30.0    # seconds without a byte
_NAMES = {"sha256": "SHA-256", "md5": "MD5"}


class _Another(UserError):
    """What came is not the file that was asked for: no part of it is worth keeping."""


def download(address, path, digits, progress=None, *, algorithm="sha256", most=None):
    """Fetch `address` to `path`, whose hash, by `algorithm` (sha256 or md5), must begin with `digits`. Returns it.

    What has come stays beside it as `NAME.partial` when the connection breaks, and the next call goes on from there;
    only a whole file with the right hash gets the name `path`. `progress(bytes so far)`. `most`: bytes that the file
    has at the very most, so that a server which sends more is not listened to for ever. UserError when the server
    cannot be reached, has no such file, or sends something else.
    """
    path = Path(path)
    partial = path.with_name(f"{path.name}.partial")
    if path.exists():
        return _verified(path, digits, algorithm, f"{path} is there already, and it is not what {address} should be: "
                         "its {name} is {found}…, not {digits}… Move it away to fetch it again.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _receive(address, partial, progress, most)
            found = _verified(partial, digits, algorithm, f"What {address} sent is not the file it should be: its "
                              "{name} is {found}…, not {digits}… It was thrown away.")
        except _Another:
            partial.unlink()
            raise
        with open(partial, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror or error}.") from error
    return found


def _verified(path, digits, algorithm, complaint):
    """The file's hash; _Another with the complaint when it does not begin with `digits`."""
    found = file_hash(path, algorithm)
    if not found.startswith(digits):
        raise _Another(complaint.format(name=_NAMES[algorithm], found=found[:len(digits)], digits=digits))
    return found


def _receive(address, partial, progress, most):
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
                there += len(block)
                if most is not None and there > most:
                    raise _Another(f"{address} sends more than {most:,} bytes, so it is not the file it should be. It "
                                   "was thrown away.")
                file.write(block)
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
            reason = " ".join(str(error.reason).split())  # that of a circle of redirections has several lines
            raise UserError(f"{address} cannot be had: the server says {error.code} {reason}.") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(f"Cannot reach {address} ({getattr(reason, 'strerror', None) or reason}): is this machine "
                        "offline? The file can be fetched by other means, too.") from error


def _read(response, address):
    """The next bytes, b"" at the end."""
    try:
        return response.read1(BLOCK)
    except (OSError, http.client.HTTPException) as error:
        raise UserError(f"The connection to {address} broke off ({error}): the same command goes on from there."
                        ) from error
