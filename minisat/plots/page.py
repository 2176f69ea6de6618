"""How every HTML page is made: a template beside this file, one head for all, complete in one file."""

import html
import re
from pathlib import Path

from minisat.files import write_text

_MARK = re.compile(r"\{\{(\w+)\}\}")


def write_page(path, template, title, **parts):
    """Write `template`.html to `path` with each mark {{name}} filled by `parts`, which are HTML; `title` is text.

    {{head}} stands for all that comes before a page's own style: charset, viewport, title, colours for light and dark.
    KeyError for a mark that nothing fills.
    """
    parts["title"] = html.escape(title)
    parts["head"] = _fill("head", parts)
    write_text(path, _fill(template, parts))


def _fill(template, parts):
    """The template's text, filled in one pass, so that no part's own text is taken for a mark."""
    text = Path(__file__).with_name(f"{template}.html").read_text(encoding="utf-8")
    return _MARK.sub(lambda mark: parts[mark.group(1)], text)
