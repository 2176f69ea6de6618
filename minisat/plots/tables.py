"""Sections and tables of HTML pages."""

from minisat.plots.markup import escaped, joined, markup


def section(title, text, content=""):
    """A heading, a sentence, and Html below it."""
    return markup("<section><h2>{}</h2><p>{}</p>{}</section>", title, text, content)


def table(head, rows):
    """A table; numbers are set to the right, texts escaped unless they are Html."""
    body = joined("", (markup("<tr>{}</tr>", joined("", map(_cell, row))) for row in rows))
    return markup("<table><tr>{}</tr>{}</table>", joined("", (markup("<th>{}</th>", name) for name in head)), body)


def _cell(value):
    content = escaped(value)
    return markup('<td class="number">{}</td>' if content[:1].isdigit() else "<td>{}</td>", content)
