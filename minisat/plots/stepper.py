"""The page of a trace: step through a training step forwards and backwards, in any browser, without a network.

The program that draws it stands in `stepper.html` beside this file; the trace is put into it as JSON.
"""

import html
import json
from pathlib import Path

from minisat.files import write_text

PAGE = Path(__file__).with_name("stepper.html")


def stepper(document, path, title):
    """Write the page of a trace's document (see minisat/trace/document.py) to `path`: one file that needs no other."""
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    page = PAGE.read_text(encoding="utf-8").replace("{{title}}", html.escape(title))
    before, after = page.split("{{trace}}")
    write_text(path, before + data + after)
