"""METEOR's own way to cut a sentence into words: punctuation apart, hyphens open, lower case last.

It is the tokenizer of the Moses translation system with a few changes of METEOR's (`-norm`), quirks included: a
regular expression eats the letter behind a hyphen, so that "a-b-c" opens once only.
"""

import re

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": " - "})
_LETTER = r"[^\W\d_²³¹¼½¾]"
_WORD = r"[^\W_²³¹¼½¾]"
_RULES = [(re.compile(pattern), replacement) for pattern, replacement in (
    (r"--", "-"),
    (rf"({_WORD}|(?<!\.)\.)-({_WORD})", r"\1 \2"),
    (r"([^\w\s.'`,\-]|[_²³¹¼½¾\u3040-\u9fff])", r" \1 "),  # other punctuation stands alone, and so do kana and kanji
    (r"(\.\.+)", r" \1 "),                                  # dots in a row stay together
    (r"([^\d]),([^\d])", r"\1 , \2"),                       # 5,300 stays
    (r"(\d),([^\d])", r"\1 , \2"),
    (r"([^\d]),(\d)", r"\1 , \2"),
    (r"`", "'"),
    (r"''", ' " '),
    (rf"((?!{_LETTER}).)'((?!{_LETTER}).)", r"\1 ' \2"),    # a quote
    (rf"([\W_])'({_LETTER})", r"\1 ' \2"),
    (rf"({_LETTER})'((?!{_LETTER}).)", r"\1 ' \2"),
    (rf"({_LETTER})'({_LETTER})", r"\1 '\2"),               # it's → it 's
    (r"(\d)'(s)", r"\1 '\2"),                               # the 1990's
)]


def words(text, abbreviations):
    """The words of `text`, a list of str.

    `abbreviations`: {word: whether only before a number}, as written ("Mr", "No"); they keep their final period.
    """
    text = f" {' '.join(text.translate(_PLAIN).split())} "
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return " ".join(_final_periods(text.split(), abbreviations)).lower().split()


def _final_periods(tokens, abbreviations):
    """Split a word's last period off, unless the word is an abbreviation or a small letter follows."""
    for token, following in zip(tokens, [*tokens[1:], " "]):
        before = token[:-1]
        if not token.endswith(".") or not before.strip("."):
            yield token
        elif "." in before and re.search(_LETTER, before):
            yield token.replace(".", "")  # the U.S. → the US
        elif "a" <= following[0] <= "z" or (before in abbreviations
                                            and (not abbreviations[before] or following[0].isdigit())):
            yield token
        else:
            yield f"{before} ."
