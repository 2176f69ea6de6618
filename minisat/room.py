"""How much room there is, in memory and on a disk, and a sentence where it is too little."""

import os
import shutil
from pathlib import Path

from minisat.errors import UserError

_CGROUP = Path("/sys/fs/cgroup")


def free_memory():
    """Bytes of memory that a process may still take; None where the system does not say so as Linux does."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None
    try:  # a container may have less
        most, used = ((_CGROUP / f"memory.{what}").read_text().strip() for what in ("max", "current"))
        return free if most == "max" else min(free, max(int(most) - int(used), 0))
    except (OSError, ValueError):
        return free


def free_disk(folder):
    """Bytes free on the disk of `folder`, which need not be there yet; None where that cannot be told."""
    folder = Path(folder).absolute()
    try:
        return shutil.disk_usage(next(place for place in (folder, *folder.parents) if os.path.exists(place))).free
    except (OSError, StopIteration):
        return None


def check_room(what, folder, disk, memory=0):
    """UserError when `what` needs more bytes than there are on the disk of `folder`, or in memory."""
    for needed, free, where in ((disk, free_disk(folder), f"of disk in {folder}"),
                                (memory, free_memory(), "of memory")):
        if free is not None and needed > free:
            raise UserError(f"{what} needs about {readable(needed)} {where}, and {readable(free)} are free.")


def readable(count):
    """Bytes in the unit that suits them: 4.1 GB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"
