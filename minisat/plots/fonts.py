"""Fonts for words in any language: Matplotlib's own, and behind it those of this machine that have more letters."""

from functools import cache

from matplotlib.font_manager import get_font_names

from minisat.errors import note

OWN = "DejaVu Sans"   # Matplotlib brings it along: Latin, Greek, Cyrillic, Arabic and more
WIDE = ("Noto Sans CJK KR", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans KR", "Noto Sans SC", "NanumGothic",
        "Malgun Gothic", "Microsoft YaHei", "Apple SD Gothic Neo", "PingFang SC", "Hiragino Sans GB", "SimHei",
        "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Arial Unicode MS")
_EAST_ASIAN = 0x2E80   # the first letter that DejaVu does not have and these do


@cache
def families():
    """Names of fonts, in which Matplotlib looks for a letter one after the other."""
    there = set(get_font_names())
    return [OWN, *(name for name in WIDE if name in there)]


def check_letters(words):
    """Note it where `words` have letters for which there is no font here."""
    if len(families()) == 1 and any(ord(letter) >= _EAST_ASIAN for word in words for letter in word):
        note("No font here has the letters of these words, so the figure shows boxes: install Noto Sans CJK, for one.")
