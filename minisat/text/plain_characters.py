"""Typographic characters as the Penn Treebank spells them, in ASCII."""

import re

_PLAIN = {
    "“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‛": "'", "‹": "'", "›": "'",
    "–": " - ", "—": " - ", "―": " - ", "…": " ... ", "\u00ad": "",
    "½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 ", "⅓": " 1/3 ", "⅔": " 2/3 ",
    "£": " # ", "€": " $ ", "¢": " cents ",
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&nbsp;": " ",
}
BRACKETS = str.maketrans({"(": "-LRB-", ")": "-RRB-", "[": "-LSB-", "]": "-RSB-", "{": "-LCB-", "}": "-RCB-"})
"""For a token that is a bracket or holds one."""

_SPELLINGS = re.compile("|".join(_PLAIN) + "|[\U00010000-\U0010ffff\ue000-\uf8ff\u200b-\u200f\ufe00-\ufe0f\ufeff]")


def plain(text):
    """`text` with each of these characters spelt plainly; emoji and what shows nothing become a blank."""
    return _SPELLINGS.sub(lambda match: _PLAIN.get(match.group(), " "), text)
