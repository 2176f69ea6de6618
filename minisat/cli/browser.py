"""A page shown in the user's browser, where there is one with windows."""

import os
import sys
import webbrowser
from pathlib import Path


def show(page, anchor=""):
    """Open the file `page` in the browser, at `anchor`; returns the sentence that says so, or that asks for it."""
    address = Path(page).resolve().as_uri() + (f"#{anchor}" if anchor else "")
    if _has_windows() and webbrowser.open(address):
        return f"{page} is open in your browser."
    return f"Open {page}{f', {anchor}' if anchor else ''} in a browser."


def add_open_flag(parser, what="the page"):
    """The flag --open of a verb that writes a page."""
    parser.add_argument("--open", action="store_true", help=f"open {what} in the browser")


def _has_windows():
    """Whether a browser would be one with windows: without a display Python takes one that fills the terminal."""
    return os.name == "nt" or sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
