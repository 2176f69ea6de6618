"""A folder that one process at a time may write: a lock file that the system takes back when its holder dies.

flock on Linux and macOS, msvcrt.locking on Windows; both belong to an open file, so a killed process holds nothing, and
neither needs a library: filelock does the same, with time-outs, threads and counting that nobody here asks for.
"""

import os
from contextlib import contextmanager, suppress
from pathlib import Path

from minisat.errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

NAME = ".lock"


@contextmanager
def locked(folder):
    """Hold `folder`, which is there, for writing. UserError at once when another process, or another `locked`, has it.

    A system without locks (some network drives) is taken as it is: then nobody is kept out.
    """
    path = Path(folder) / NAME
    try:
        file = _acquired(path)
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror or error}.") from error
    try:
        yield
    finally:
        if fcntl:
            with suppress(OSError):  # the folder may be gone
                path.unlink()  # while it is still held: see _acquired
        os.close(file)
        if not fcntl:
            with suppress(OSError):  # Windows keeps a file that is open, so this fails where another waits
                path.unlink()


def _acquired(path):
    """The descriptor of the lock file, held."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(file)
            there = os.stat(path)
        except BlockingIOError:
            os.close(file)
            raise UserError(f"Another process is writing into {path.parent}: wait until it is done, or choose another "
                            "folder.") from None
        except FileNotFoundError:
            there = None
        if there and os.path.samestat(os.fstat(file), there):
            return file
        os.close(file)  # its holder removed it between our opening and our locking: it is nobody's lock any more


def _lock(file):
    """Take the lock or raise BlockingIOError."""
    if not fcntl:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(str(error)) from error
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:  # the second on some network drives
        raise BlockingIOError(str(error)) from error
    except OSError:
        pass  # a network drive without locks
