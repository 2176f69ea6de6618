"""How long work shows how far it is: a tqdm bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from contextlib import contextmanager

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10.0


class _Lines:
    """Plain lines on stderr: at most one in ten seconds, and a last one; how fast it goes and the minutes left."""

    def __init__(self, what, unit, total):
        self.what, self.unit, self.total, self.done = what, unit, total, 0
        self.start = self.said = time.monotonic()
        self.first = None

    def update_to(self, done):
        self.first = done if self.first is None else self.first
        self.done, now = done, time.monotonic()
        if now - self.said > SECONDS_BETWEEN_LINES or done == self.total:
            self.said = now
            speed = (done - self.first) / max(now - self.start, 1e-9)
            pace = f", {speed:.1f} {self.unit}s/s" if speed else ""
            if speed and done < self.total:
                left = round((self.total - done) / speed)
                pace += f", {left // 60}:{left % 60:02} left"
            print(f"{self.what}: {done} of {self.total} {self.unit}s{pace}", file=sys.stderr, flush=True)

    def write(self, text):
        print(text, file=sys.stderr, flush=True)

    def close(self):
        pass


class _Bar(tqdm):
    """tqdm that is told where the work stands, not how far it came."""

    def update_to(self, done):
        self.update(done - self.n)


@contextmanager
def progress(what, unit, total, done=0):
    """Yield a progress display on stderr with `update_to(done)` and `write(line)`; `done` are there already."""
    if sys.stderr.isatty():
        display = _Bar(desc=what, unit=unit, total=total, initial=done)
        display.write = lambda text: tqdm.write(text, file=sys.stderr)
    else:
        display = _Lines(what, unit, total)
        display.first = done
    try:
        yield display
    finally:
        display.close()
