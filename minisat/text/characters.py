"""Captions cut into characters where a language is written so: Chinese, Japanese, Korean."""

import unicodedata

_SCRIPTS = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HANGUL", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC ITERATION",
            "BOPOMOFO")


def characters(text):
    """Every Chinese character, kana and Hangul syllable a word; of other scripts runs of letters and digits; no signs.

    "두 마리 개가 run!" → 두 마 리 개 가 run. In lower case, and in Unicode's composed form (NFC): macOS takes Hangul
    syllables apart, which look the same and are other words.
    """
    words, run = [], ""
    for letter in unicodedata.normalize("NFC", text).lower():
        alone = unicodedata.name(letter, "").startswith(_SCRIPTS)
        part = not alone and (unicodedata.category(letter)[0] in "LMN")
        if part:
            run += letter
            continue
        if run:
            words.append(run)
            run = ""
        if alone:
            words.append(letter)
    return [*words, run] if run else words
