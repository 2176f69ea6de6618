"""Pages as Chromium has them after their scripts ran; such tests skip where it is missing."""

import base64
import hashlib
import html
import re
import shutil
import subprocess

import pytest

needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
BUDGETS = (3_000, 30_000, 300_000)  # ms of the page's own clock, which runs ahead when the machine is busy


def opened(address, folder, until=""):
    """(page, complaints): what is at `address` as Chromium has it after its scripts ran, and what its console says.

    With ever more time until the page holds `until`. Complaints are errors of programs and what a policy forbade, not
    advice about speed.
    """
    for budget in BUDGETS:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}",
                   "--enable-logging=stderr", f"--virtual-time-budget={budget}", "--dump-dom", address]
        found = subprocess.run(command, capture_output=True, text=True, timeout=180)
        text = html.unescape(found.stdout)
        if until in text:
            break
    return text, [line for line in found.stderr.splitlines() if "CONSOLE" in line and "willReadFrequently" not in line]


def dumped(address, folder, until=""):
    """The page alone; it must have had nothing to complain of."""
    text, complaints = opened(address, folder, until)
    assert not complaints, complaints
    return text


def title_of(address, folder, until=""):
    """What the page's title says then; `until` is how it begins when the page is done."""
    return re.search(r"<title>([^<]*)", dumped(address, folder, f"<title>{until}"))[1]


def with_program(page, program):
    """The page's text with one program more, and a policy that lets this one run too."""
    allowed = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    return page.replace("script-src ", f"script-src 'sha256-{allowed}' ", 1) + f"<script>{program}</script>"
