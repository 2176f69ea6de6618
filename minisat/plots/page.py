"""How every HTML page is made: a template beside this file, one head for all, complete in one file."""

import html
import re
from pathlib import Path

from minisat.files import write_text

_MARK = re.compile(r"\{\{(\w+)\}\}")
_SHARED = ("head", "looking")  # templates that other templates take in


def page_text(template, title, **parts):
    """`template`.html with each mark {{name}} filled by `parts`, which are HTML; `title` is text. Returns a str.

    {{head}} stands for all that comes before a page's own style: charset, viewport, title, colours for light and dark;
    {{looking}} for the style and the program that show where a captioner looked. KeyError for a mark that nothing
    fills.
    """
    return _fill(template, {**parts, "title": html.escape(title)})


def write_page(path, template, title, **parts):
    """Write the page that `page_text` makes of the rest to `path`."""
    write_text(path, page_text(template, title, **parts))


def _fill(template, parts):
    """The template's text, filled in one pass, so that no part's own text is taken for a mark."""
    def filled(mark):
        return _fill(mark[1], parts) if mark[1] in _SHARED else parts[mark[1]]
    return _MARK.sub(filled, Path(__file__).with_name(f"{template}.html").read_text(encoding="utf-8"))
