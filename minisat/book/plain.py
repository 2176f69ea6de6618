"""Formulas as one line of Unicode, for a terminal and for the search: read off the same MathML as the pages show.

What could be misread has brackets: \\frac{a}{b+c} is a/(b + c). An index or a power is set small where Unicode has all
its letters small, in the whole formula; else it is written out, W_{x,ij}.
"""

import re
import unicodedata

from minisat.book.formulas import begins, named, parts, tree

_LOW = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"))
_HIGH = dict(zip("0123456789+-−=()abcdefghijklmnoprstuvwxyzT⊤'′*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵀ''*"))
_MARKS = {"¯": "\u0304", "‾": "\u0304", "^": "\u0302", "˜": "\u0303"}
_CLOSE = set("()[]{}|⌊⌋⌈⌉'′/…!∑∏")
"""Signs that are written without a space on either side."""
_SCRIPTS = {"msub", "msup", "msubsup", "munder", "munderover"}
_SIGNS = {"∣": " | ", "⋅": " · ", ",": ", "}


def plain(latex, display=False):
    """A formula's LaTeX as text: one line; of a display formula a list of lines, one for each part or row."""
    if not display:
        return _written(tree(latex))
    lines = []
    for part in parts(latex):
        math = tree(part)
        table = next(math.iter("mtable"), None)
        lines += [_written(math)] if table is None else _rows(table)
    return lines


def _written(math):
    """Indices small if all of them can be."""
    small = _Line(small=True)
    text = small.of(math)
    return re.sub(r"  +", " ", text if small.could else _Line(small=False).of(math)).strip()


def _rows(table):
    """The rows of an aligned formula, their signs below one another."""
    cells = [[_written(cell) for cell in row] for row in table]
    width = max(len(row[0]) for row in cells)
    return [f"{row[0]:>{width}} {' '.join(row[1:])}" for row in cells]


class _Line:
    """Writes Elements as text; `could` says afterwards whether every index had small letters."""

    def __init__(self, small):
        self.small, self.could = small, True

    def of(self, element):
        """An Element as text."""
        return getattr(self, f"_{element.tag}", self._mrow)(element)

    def _mi(self, element):
        return element.text or ""

    _mn = _mi

    def _mtext(self, element):
        return (element.text or "").replace("\xa0", " ")

    def _mspace(self, element):
        return " " if not element.get("width", "").startswith("-") else ""

    def _mo(self, element):
        text = element.text or ""
        return text if text in _CLOSE or text.isalpha() else _SIGNS.get(text, f" {text} ")

    def _mrow(self, element):
        text, before = "", None
        for child in element:
            piece = self.of(child)
            if child.tag == "mo" and child.text in ("−", "+") and begins(before):
                piece = child.text
            elif child.tag == "mfrac" and re.search(r"[a-z]{2} ?$", text):  # log of a fraction, not log a, divided
                piece = f" ({piece})"
            elif before is not None and _apart(before, child):
                piece = f" {piece}"
            text += piece
            before = child
        return text

    def _mfrac(self, element):
        above, below = (self._bracketed(child, below) for child, below in zip(element, (False, True)))
        return f"{above}/{below}"

    def _bracketed(self, element, below):
        """A part of a fraction, in brackets where it is a sum, and below the line also where it is a product."""
        text = self.of(element).strip()
        items = list(element) if element.tag == "mrow" else [element]
        if len(items) == 2 and items[0].text in ("d", "∂") or re.fullmatch(r"\([^()]*\)²?|\|[^|]*\|", text):
            return text
        loose = re.sub(r"\([^()]*\)|\{[^{}]*\}|\[[^][]*\]", "", text)
        return f"({text})" if re.search(r"[ +−]", loose) or below and len(items) > 1 else text

    def _msqrt(self, element):
        text = self._mrow(element).strip()
        return f"√{text}" if len(text) == 1 else f"√({text})"

    def _mover(self, element):
        base, above = self.of(element[0]), (element[1].text or "").strip()
        return unicodedata.normalize("NFC", f"{base}{_MARKS[above]}") if above in _MARKS else base

    def _munder(self, element):
        if element[0].tag == "munder":  # a brace, and what it says
            return f"{self.of(element[0][0])} [{self.of(element[1]).strip()}]"
        return self.of(element[0]) + self._low(element[1])

    def _msub(self, element):
        return self.of(element[0]) + self._low(element[1])

    def _msup(self, element):
        return self.of(element[0]) + self._high(element[1])

    def _msubsup(self, element):
        return self.of(element[0]) + self._low(element[1]) + self._high(element[2])

    _munderover = _msubsup

    def _low(self, element):
        return self._script(element, _LOW, "_")

    def _high(self, element):
        return self._script(element, _HIGH, "^")

    def _script(self, element, letters, sign):
        text = re.sub(r"\s+", "", self.of(element)).replace(",", ", " if "−" in self.of(element) else ",")
        word = len(text) > 2 and text.isalpha()
        if self.small and not word and all(letter in letters for letter in text):
            return "".join(map(letters.get, text))
        if sign == "^" and text in ("⊤", "′", "'", "2"):
            return _HIGH[text]
        if sign == "_" and not word:
            self.could = False
        return f"{sign}{text}" if re.fullmatch(r"\w", text) or word and text.isascii() else f"{sign}{{{text}}}"


def _apart(before, after):
    """Whether two neighbours without a sign between them would be misread as one."""
    if before.tag in ("mspace", "mtext", "mn") or after.tag in ("mspace", "mtext", "mo") and not named(after):
        return False
    first, last = (each[0].text if each.tag in _SCRIPTS else each.text for each in (after, before))
    if (first or "") in _CLOSE - set("∑∏"):
        return False
    if before.tag == "mo":
        return before.text == ")" and after.tag in _SCRIPTS or before.text in ("∑", "∏")
    if before.tag == "mi" and last in ("d", "∂"):
        return False
    return bool({before.tag, after.tag} & (_SCRIPTS | {"mfrac", "msqrt"})) or named(before) or named(after)
