"""How every HTML page is made: a template beside this file, one head for all, complete in one file.

Every page says in a Content-Security-Policy what its browser may do: run the programs and apply the styles that stand
in its template, show pictures that stand in the page, and nothing else. So even HTML that came in could do nothing.
"""

import base64
import hashlib
import re
from pathlib import Path

from minisat.files import write_text
from minisat.plots.markup import Html, escaped

_MARK = re.compile(r"\{\{([\w/.]+)\}\}")
_SHARED = ("head", "shading", "looking")  # templates that other templates take in, and whatever lies in a folder here
_PROGRAM = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
_ASKING = ("own_photos",)      # pages that ask the server that they came from


def page_text(template, title, **parts):
    """`template`.html with each mark {{name}} filled by `parts`: Html as it is, any other text escaped. Returns a str.

    {{head}} stands for all that comes before a page's own style: charset, policy, viewport, title, colours for light
    and dark; {{shading}}, inside a <script>, for the functions that draw attention over a photo; {{looking}} for the
    style and the program that show where a captioner looked. KeyError for a mark that nothing fills.
    """
    filling = {**parts, "title": title, "policy": Html(policy(template))}
    return _MARK.sub(lambda mark: escaped(filling[mark[1]]), _template(template))


def write_page(path, template, title, **parts):
    """Write the page that `page_text` makes of the rest to `path`."""
    write_text(path, page_text(template, title, **parts))


def policy(template):
    """The Content-Security-Policy of a template's pages: its own programs and styles by their SHA-256, a str.

    They are those of the template as it lies beside this file, before anything is filled in: no <script> that came in
    with a part is ever among them. ValueError when one of them has a mark.
    """
    hashes = {"script": [], "style": []}
    for kind, text in _PROGRAM.findall(_template(template)):
        if _MARK.search(text):
            raise ValueError(f"A {kind} of {template}.html has a mark; give it data-… of an element to read.")
        hashes[kind].append(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")
    allowed = {f"{kind}-src": " ".join(found) for kind, found in hashes.items() if found}
    allowed |= {"img-src": "data: blob:"} | ({"connect-src": "'self'"} if template in _ASKING else {})
    allowed |= {"font-src": "data:"} if "@font-face" in _template(template) else {}
    return "; ".join(["default-src 'none'", *(f"{name} {what}" for name, what in allowed.items()), "base-uri 'none'",
                      "form-action 'none'"])


def _template(name):
    """The template's text, with those that it takes in."""
    file = Path(__file__).parent / (name if "/" in name else f"{name}.html")
    return _MARK.sub(lambda mark: _template(mark[1]) if mark[1] in _SHARED or "/" in mark[1] else mark[0],
                     file.read_text(encoding="utf-8"))
