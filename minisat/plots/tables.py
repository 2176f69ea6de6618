"""Sections and tables of HTML pages."""

import html


class Html(str):
    """HTML as it is; every other text is escaped."""


def section(title, text, content=""):
    """A heading, a sentence, and HTML below it."""
    return f"<section><h2>{html.escape(title)}</h2><p>{html.escape(text)}</p>{content}</section>"


def table(head, rows):
    """A table; numbers are set to the right, texts escaped unless they are Html."""
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return Html(f"<table><tr>{''.join(f'<th>{html.escape(str(name))}</th>' for name in head)}</tr>{body}</table>")


def _cell(value):
    content = value if isinstance(value, Html) else html.escape(str(value))
    return f'<td class="number">{content}</td>' if str(value)[:1].isdigit() else f"<td>{content}</td>"
