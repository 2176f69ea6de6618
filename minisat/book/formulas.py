"""Formulas: LaTeX becomes MathML, by latex2mathml, mended where browsers and readers want it otherwise."""

import re
from html import unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

_GAP = re.compile(r"\s*\\q?quad\b\s*")
_THIN = "0.167em"
_NAME = ("mi", "mn", "msub", "msup", "msubsup", "munder", "munderover", "mrow", "mfrac", "msqrt", "mover")


def mathml(latex, display=False):
    """One formula as MathML text."""
    return tostring(tree(latex, display), encoding="unicode")


def parts(latex):
    """A display formula cut at its \\quad and \\qquad, where a narrow page may begin a new line: a list of LaTeX."""
    if r"\begin" in latex:
        return [latex]
    depth, cuts, begun = 0, [], 0
    gaps = {match.start(): match.end() for match in _GAP.finditer(latex)}
    for i, letter in enumerate(latex):
        depth += (letter == "{") - (letter == "}")
        if depth == 0 and i in gaps and i >= begun:
            cuts.append(latex[begun:i])
            begun = gaps[i]
    return [piece for piece in (*cuts, latex[begun:]) if piece.strip()]


def tree(latex, display=False):
    """One formula as an Element <math>. Exceptions of latex2mathml for LaTeX that it does not know."""
    latex = latex.replace("{aligned}", "{align*}")
    latex = re.sub(r"\\mathrel\{(.)\}=", r"\\mathrel{\1=}", latex)  # +=, a single sign
    math = convert_to_element(latex, display="block" if display else "inline")
    _mend(math)
    return math


def _mend(element):
    """In place: texts without entities, upright letters joined to words, names set off, signs that are one sign."""
    if element.tag == "mo" and len(element):
        element.text = "".join(element.itertext())
        for child in list(element):
            element.remove(child)
    element.text = unescape(element.text).replace("―", "¯") if element.text else element.text
    for child in element:
        _mend(child)
    if element.tag == "mspace" and element.get("width") == "negativethinmathspace":
        element.set("width", f"-{_THIN}")
    if element.tag == "mo" and element.text in ("∂", "∞"):  # letters, with no space about them
        element.tag = "mi"
        element.set("mathvariant", "normal")
    if element.tag == "mo" and (element.text == "/" or element.text and element.text.isalpha()):  # max, min: names
        element.attrib.update(lspace="0", rspace="0")
    if element.tag == "mtd":  # browsers align by style sheets only
        element.set("class", element.attrib.pop("columnalign", "center"))
    if element.tag == "mrow" and len(element) > 1 and all(_upright(child) for child in element):
        word = "".join(child.text for child in element)
        element.clear()
        element.tag, element.text = "mi", word
    if element.tag in ("mrow", "math", "mtd"):
        _set_names_off(element)
        for before, sign in zip([None, *element], element):
            if sign.tag == "mo" and sign.text in ("−", "+") and begins(before):
                sign.set("form", "prefix")


def _upright(element):
    return element.tag == "mi" and element.get("mathvariant") == "normal" and len(element.text) == 1


def named(element):
    """Whether an Element is a function's name of several letters, perhaps with a power or an index."""
    base = element[0] if element.tag in ("msub", "msup", "msubsup", "munder") else element
    return base.tag in ("mi", "mo") and len(base.text or "") > 1 and base.text.isalpha()


def begins(before):
    """Whether a sign after the Element `before` has nothing on its left to be added to or taken from."""
    return before is None or before.tag == "mo" and before.text not in set(")]|⌋")


def _set_names_off(row):
    """A thin space between a name and what it is taken of, or what it is multiplied by: 2 log p."""
    children = list(row)
    for before, after in zip(children, children[1:]):
        joins = named(before) and after.tag in _NAME or \
            named(after) and (before.tag in _NAME or before.text in (")", "]"))
        if joins and before.text not in ("d", "∂"):
            row.insert(list(row).index(after), Element("mspace", width=_THIN))
