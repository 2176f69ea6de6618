"""Pages as Chromium has them after their scripts ran; such tests skip where it is missing."""

import html
import re
import shutil
import subprocess

import pytest

needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")


def dumped(address, folder):
    """The page at `address` after its scripts ran, as Chromium has it."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}",
               "--virtual-time-budget=3000", "--dump-dom", address]
    return html.unescape(subprocess.run(command, capture_output=True, text=True, timeout=180).stdout)


def title_of(address, folder):
    """What the page's title says then."""
    return re.search(r"<title>([^<]*)", dumped(address, folder))[1]
