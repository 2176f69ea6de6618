"""Markdown becomes a page's Html, by markdown-it: formulas as MathML, code coloured, figures inside, links turned.

Formulas are written as GitHub wants them, ```math fences and $`…`$ (see teaching/pages.py). Code that draws a figure is
folded away, as in a notebook.
"""

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import BashLexer, PythonLexer

from minisat.book.formulas import mathml, parts
from minisat.book.plain import plain
from minisat.plots.markup import Html, joined, markup
from minisat.teaching.cells import Cell
from minisat.teaching.notebook import halves

LEXERS = {"python": PythonLexer(), "bash": BashLexer()}
LONG = 26  # letters of a formula that may be wider than a phone
DRAWING = {"en": "The code of the figure", "ko": "그림을 그리는 코드"}


_BEFORE, _AFTER = re.compile(r"([(“\"]*)\$$"), re.compile(r"\$([)\].,;:!?”\"'’가-힣]*)")
"""What a formula takes along: a line neither begins with a comma or a Korean particle nor ends with an open bracket."""
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FOLD = re.compile(r"<details><summary>([^<>]*)</summary>|</details>")


class Section(NamedTuple):
    """A heading and what stands below it, for the search and for the contents."""

    anchor: str
    heading: str
    text: str


class Page(NamedTuple):
    """A text as Html, without its first heading: that is `title`. The first section is what stands before any other."""

    title: str
    body: Html
    sections: list


def page(text, link=lambda href: href, image=lambda source: source, language="en"):
    """The Page of a Markdown text.

    `link(href)` says where a link leads in the book; None, where to nowhere: then its words stay as text.
    `image(source)` gives a picture's address.
    """
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    for name, rule in RULES.items():
        reader.add_render_rule(name, rule)
    tokens = reader.parse(text)
    title = ""
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    find_formulas(tokens)
    _turn(tokens, link, image)
    sections = _sections(tokens)
    body = reader.renderer.render(tokens, reader.options, {"language": language})
    return Page(title, Html(body), sections)


def code(text, language="python"):
    """Code coloured, as Html; in a language without a lexer as it is."""
    if language not in LEXERS:
        return markup("{}", text)
    return Html(highlight(text, LEXERS[language], HtmlFormatter(nowrap=True)).rstrip("\n"))


def anchor(heading, taken=()):
    """A heading's anchor, as GitHub has it: small letters, no signs, hyphens for blanks; numbered where it is taken."""
    name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return next(each for each in (name, *(f"{name}-{i}" for i in range(1, 100))) if each not in taken)


def find_formulas(tokens):
    """$`…`$ are three pieces to Markdown: a dollar, code, a dollar. They become one."""
    for token in tokens:
        children = token.children or []
        for before, inside, after in zip(children, children[1:], children[2:]):
            if (inside.type == "code_inline" and before.type == after.type == "text"
                    and before.content.endswith("$") and after.content.startswith("$")):
                opening, closing = _BEFORE.search(before.content), _AFTER.match(after.content)
                inside.meta = {"before": opening[1], "after": closing[1]}
                before.content, after.content = before.content[:opening.start()], after.content[closing.end():]
                inside.type = "formula"


def _turn(tokens, link, image):
    """Links and pictures led to where they are in the book; comments and links to nowhere left out."""
    for token in tokens:
        kept, dropped = [], []
        for child in token.children or []:
            if child.type == "link_open":
                href = link(child.attrGet("href"))
                dropped.append(href is None)
                child.attrSet("href", href or "")
            elif child.type == "image":
                child.attrSet("src", image(child.attrGet("src")))
            if child.type.startswith("link") and dropped[-1]:
                if child.type == "link_close":
                    dropped.pop()
                continue
            kept.append(child)
        if token.children:
            token.children = kept


def _sections(tokens):
    """The Sections below each h2 or h3, whose headings get anchors."""
    found, taken = [["", "", []]], set()
    for token, following in zip(tokens, [*tokens[1:], Token("end", "", 0)]):
        if token.type == "heading_open":
            heading = _read(following)
            token.attrSet("id", anchor(heading, taken))
            taken.add(token.attrGet("id"))
            found.append([token.attrGet("id"), heading, []])
            following.meta["heading"] = True
        elif token.type == "inline" and not token.meta.get("heading"):
            found[-1][2].append(_read(token))
        elif token.type == "fence":
            found[-1][2].append("\n".join(plain(token.content, display=True)) if token.info == "math"
                                else token.content)
    return [Section(name, heading, "\n".join(texts)) for name, heading, texts in found]


def _read(token):
    """What an inline token says, formulas as Unicode."""
    def text(child):
        if child.type == "formula":
            return child.meta["before"] + plain(child.content) + child.meta["after"]
        return {"softbreak": " ", "html_inline": ""}.get(child.type, child.content)
    return "".join(map(text, token.children))


def _fence(renderer, tokens, i, options, env):
    """Formulas, what was printed, commands, code; the part of it that draws is folded."""
    kind, text = tokens[i].info.strip(), tokens[i].content.rstrip("\n")
    if kind == "math":
        return markup('<div class="formula">{}</div>\n',
                      joined("", (Html(mathml(part, display=True)) for part in parts(text))))
    if kind == "text":
        return markup('<pre class="printed">{}</pre>\n', text)
    if kind != "python":
        return markup('<pre class="shell"><code>{}</code></pre>\n', code(text, kind))
    shown, drawing = halves(Cell(False, text, 1)) if "panels(" in text else (text, "")
    return joined("", ([markup('<pre class="code"><code>{}</code></pre>\n', code(shown))] if shown else [])
                  + ([folded(DRAWING[env["language"]], code(drawing))] if drawing else []))


def folded(summary, coloured):
    """Code behind a line that opens it, as Html."""
    return markup('<details class="fold"><summary>{}</summary><pre class="code"><code>{}</code></pre></details>\n',
                  summary, coloured)


def _formula(renderer, tokens, i, options, env):
    long = " long" if len(plain(tokens[i].content)) > LONG else ""
    return markup('<span class="inline{}">{}{}{}</span>', long, tokens[i].meta["before"],
                  Html(mathml(tokens[i].content)), tokens[i].meta["after"])


def _image(renderer, tokens, i, options, env):
    return markup('<img class="figure" alt="{}" src="{}">', tokens[i].content, tokens[i].attrGet("src"))


def _comment(renderer, tokens, i, options, env):
    """Comments are left out; of other HTML there is none, and what looks like it is a text."""
    return markup("{}", _COMMENT.sub("", tokens[i].content))


def _block(renderer, tokens, i, options, env):
    """Of HTML there are comments, and what folds: a line that opens it, and the line that ends it."""
    fold = _FOLD.fullmatch(tokens[i].content.strip())
    if not fold:
        return _comment(renderer, tokens, i, options, env)
    summary = fold.group(1)
    return Html("</details>\n") if summary is None else markup("<details><summary>{}</summary>\n", summary)


def _table_open(renderer, tokens, i, options, env):
    return '<div class="table"><table>'


def _table_close(renderer, tokens, i, options, env):
    return "</table></div>\n"


RULES = {"fence": _fence, "formula": _formula, "image": _image, "html_block": _block, "html_inline": _comment,
         "table_open": _table_open, "table_close": _table_close}
