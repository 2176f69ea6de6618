"""Text becomes HTML here and nowhere else: whatever is not Html already is escaped."""

import html
import json
import re

_SURROGATES = re.compile("[\ud800-\udfff]")  # of file names that are not UTF-8; no page can hold them


class Html(str):
    """HTML, to be taken as it is. Only this file, page.py and book/markdown.py make it, a test sees to it."""


def escaped(value):
    """Html as it is, anything else as text: Html."""
    return value if isinstance(value, Html) else Html(html.escape(_SURROGATES.sub("\ufffd", str(value))))


def markup(template, *values, **named):
    """`template`, a literal, with its {} and {name} filled by `escaped` values: Html. Attributes stand in quotes."""
    return Html(template.format(*map(escaped, values), **{name: escaped(value) for name, value in named.items()}))


def joined(between, values):
    """The `escaped` values with the literal `between` among them: Html."""
    return Html(between.join(map(escaped, values)))


def as_json(value):
    """A value as JSON for a <script type="application/json">, which nothing in it can end: Html. ValueError for NaN."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Html(_SURROGATES.sub("\ufffd", text).replace("<", "\\u003c"))
