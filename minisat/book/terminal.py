"""Markdown for a terminal: wrapped to its width, formulas as Unicode, code coloured where colours are to be had."""

import re
import unicodedata
from itertools import zip_longest

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import TerminalFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, String, Token

from minisat.book.markdown import find_formulas
from minisat.book.plain import plain

INDENT = "    "
NARROW = 8  # no column of a table becomes narrower
COLOURS = {"formula": 36, "code": 33, "strong": 1, "em": 3, "heading": 1}  # as terminals number them
_CODE = TerminalFormatter(colorscheme={Token: ("", ""), Comment: ("brightblack", "brightblack"),
                                       Keyword: ("blue", "blue"), Name.Function: ("magenta", "magenta"),
                                       Name.Class: ("magenta", "magenta"), String: ("green", "green")})


def prose(text, width, colours=False):
    """A Markdown text for a terminal of `width` letters; `colours`: with escapes that paint."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    find_formulas(tokens)
    return "\n\n".join(_blocks(tokens, width, colours))


def code(text, colours=False):
    """Python code, indented."""
    if colours:
        text = highlight(text, PythonLexer(stripnl=False), _CODE).rstrip("\n")
    return re.sub(r"^(?=.)", INDENT, text, flags=re.MULTILINE)


def _blocks(tokens, width, colours):
    """The text of each block, in order."""
    i, made = 0, []
    while i < len(tokens):
        token, end = tokens[i], i
        if token.nesting == 1:
            end = next(j for j in range(i + 1, len(tokens)) if tokens[j].level == token.level)
        inside = tokens[i + 1:end]
        if token.type == "heading_open":
            lines = _lines(inside[0], width, colours, "heading")
            made.append("\n".join(lines if colours else [*lines, "─" * max(map(room, lines))]))
        elif token.type == "paragraph_open":
            made.append("\n".join(_lines(inside[0], width, colours)))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            made.append(_list(token, inside, width, colours))
        elif token.type == "blockquote_open":
            made.append(_hung("│ ", "│ ", _blocks(inside, width - 2, colours)))
        elif token.type == "table_open":
            made.append(_table(inside, width, colours))
        elif token.type == "fence":
            made.append(_fence(token, width, colours))
        i = end + 1
    return [each for each in made if each.strip()]


def _fence(token, width, colours):
    """Formulas side by side as far as there is room; code as it is."""
    text = token.content.rstrip("\n")
    if token.info != "math":
        return code(text, colours and token.info == "python")
    parts = plain(text, display=True)
    if r"\begin" in text:
        return "\n".join(INDENT + _painted("formula", part, colours) for part in parts)
    words = [[("formula", part.replace(" ", "\xa0"))] for part in parts]
    if max(map(room, parts)) > width - len(INDENT):  # too long for a line: broken where there is a blank
        return _hung(INDENT, 2 * INDENT, ["\n".join(_filled([[("formula", word)] for part in parts
                                                             for word in part.split(" ")], width - 8, colours))])
    return _hung(INDENT, INDENT, ["\n".join(_filled(words, width - len(INDENT), colours, gap=INDENT))])


def _list(token, inside, width, colours):
    items, number = [], int(token.attrGet("start") or 1)
    starts = [j for j, each in enumerate(inside) if each.type == "list_item_open" and each.level == token.level + 1]
    for k, (start, end) in enumerate(zip(starts, [*starts[1:], len(inside)])):
        sign = "• " if token.type.startswith("bullet") else f"{number + k}. "
        items.append(_hung(sign, " " * len(sign), _blocks(inside[start + 1:end - 1], width - len(sign), colours)))
    return "\n".join(items)


def _table(inside, width, colours):
    """Columns below one another; where there is too little room the widest are wrapped."""
    rows, row = [], []
    for token in inside:
        if token.type == "inline":
            row.append(token)
        elif token.type == "tr_close":
            rows.append(row)
            row = []
    widths = [max(room(_said(cell, colours)) for cell in column) for column in zip(*rows)]
    while max(widths) > NARROW and sum(widths) + 2 * (len(widths) - 1) > width:
        widths[widths.index(max(widths))] -= 1
    lines = []
    for row in rows:
        cells = (_lines(cell, size, colours) for cell, size in zip(row, widths))
        for parts in zip_longest(*cells, fillvalue=""):
            lines.append("  ".join(part + " " * (size - room(part)) for part, size in zip(parts, widths)).rstrip())
    return "\n".join(line for line in lines if line)


def _hung(first, rest, blocks):
    """Blocks with `first` before the first line and `rest` before the others."""
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join((rest if i else first) + line if line else line for i, line in enumerate(lines))


def _said(token, colours):
    return "".join(text for _, text in _spans(token, colours))


def _spans(token, colours, whole="text"):
    """(kind, text) for each piece of an inline token; without colours code keeps its backticks."""
    kinds = [whole]
    for child in token.children or []:
        if child.type in ("strong_open", "em_open"):
            kinds.append(child.type.removesuffix("_open"))
        elif child.type in ("strong_close", "em_close"):
            kinds.pop()
        elif child.type == "formula":
            yield kinds[-1], child.meta["before"]
            text = plain(child.content)
            yield "formula", text.replace(" ", "\xa0") if len(text) < 30 else text
            yield kinds[-1], child.meta["after"]
        elif child.type == "code_inline":
            yield "code", child.content if colours else f"`{child.content}`"
        elif child.type == "softbreak":
            yield kinds[-1], " "
        elif child.type == "text" or child.type == "html_inline" and not child.content.startswith("<!--"):
            yield kinds[-1], child.content


def _lines(token, width, colours, kind="text"):
    """The lines of an inline token: words with their kinds, filled up to `width`."""
    words = [[]]
    for each, text in _spans(token, colours, kind):
        for piece in re.findall(r"[^\S\xa0]+|(?:\S|\xa0)+", text):
            if piece.isspace() and piece != "\xa0":
                words.append([])
            else:
                words[-1].append((each, piece))
    return _filled([word for word in words if word], width, colours)


def _filled(words, width, colours, gap=" "):
    """Words, each a list of (kind, text), as lines."""
    lines, taken = [], 0
    for word in words:
        size = sum(room(text) for _, text in word)
        painted = "".join(_painted(kind, text, colours) for kind, text in word).replace("\xa0", " ")
        if lines and taken + len(gap) + size <= width:
            lines[-1] += gap + painted
            taken += len(gap) + size
        else:
            lines.append(painted)
            taken = size
    return lines or [""]


def _painted(kind, text, colours):
    return f"\033[{COLOURS[kind]}m{text}\033[0m" if colours and kind in COLOURS and text else text


def room(text):
    """How many columns a text takes: none for marks over letters and escapes, two for wide letters."""
    text = re.sub(r"\033\[\d+m", "", text)
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
               for letter in text)
