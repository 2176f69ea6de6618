"""Pages as Chromium has them after their scripts ran; such tests skip where it is missing."""

import html
import re
import shutil
import subprocess

import pytest

needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
BUDGETS = (3_000, 30_000, 300_000)  # ms of the page's own clock, which runs ahead when the machine is busy


def dumped(address, folder, until=""):
    """The page at `address` as Chromium has it after its scripts ran; with ever more time until it holds `until`."""
    for budget in BUDGETS:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}",
                   f"--virtual-time-budget={budget}", "--dump-dom", address]
        text = html.unescape(subprocess.run(command, capture_output=True, text=True, timeout=180).stdout)
        if until in text:
            break
    return text


def title_of(address, folder, until=""):
    """What the page's title says then; `until` is how it begins when the page is done."""
    return re.search(r"<title>([^<]*)", dumped(address, folder, f"<title>{until}"))[1]
