"""Ctrl-C and time limits: noticed between two steps, never in the middle of one."""

import signal
import threading
import time
from contextlib import contextmanager


class Stopped(Exception):
    """Raised by `Watch.check`; its text is "interrupted" or "out of time"."""


class Watch:
    """Knows whether to stop: a signal came, or `max_seconds` are over (None: no limit)."""

    def __init__(self, max_seconds=None):
        self._deadline = None if max_seconds is None else time.monotonic() + max_seconds
        self._interrupted = False

    def check(self):
        """Raise Stopped when it is time to stop."""
        if self._interrupted:
            raise Stopped("interrupted")
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise Stopped("out of time")

    def _on_signal(self, number, frame):
        if self._interrupted:  # asked twice: stop at once, the last checkpoint is what remains
            raise KeyboardInterrupt
        self._interrupted = True

    @contextmanager
    def listening(self):
        """Inside `with`, SIGINT (Ctrl-C) and SIGTERM are remembered instead of raised (main thread only)."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
