"""Text cut into Penn-Treebank tokens, as Stanford's tokenizer (CoreNLP 3.4.1) cuts captions.

RULES is a table tried from the top, at the place where the last token ended; the first rule that fits takes the next
token. Hence rules about parts of words stand above those about whole ones. The rules were found by watching what the
original does; tests/text/test_penn_treebank.py shows that none can be left out.
"""

import re
from typing import NamedTuple

from minisat.text.abbreviations import ALWAYS, BEFORE_A_NUMBER, WITH_A_CAPITAL
from minisat.text.plain_characters import BRACKETS, plain

# What the patterns are built of. Case does not matter, except inside (?-i: ).
_LETTER = r"[^\W\d_]"
_SIGN = r"[^\W_\u0300-\u036f][\u0300-\u036f]*"      # a letter or digit with the accents that follow it
_PIECE = rf"(?:{_SIGN})+"                           # letters and digits only: dog, 5th
_END = r"(?![^\W_])"                                # no letter or digit may follow
_HYPHEN = "[-\u2010\u2011]"
_COMPOUND = rf"{_PIECE}(?:{_HYPHEN}{_PIECE})*"      # three-wheeled
_DOTTED = rf"{_LETTER}(?:{_SIGN})*(?:[.!?]{_LETTER}(?:{_SIGN})*)*"     # a word, or words joined by stops: one.two
_DECIMAL = r"\d+(?:[.,:]\d+)+"                      # 1,000.50 and 3:30
_ELISION = rf"[dlo]'(?!(?:re|ve|ll){_END}){_LETTER}{{2,}}"  # o'clock, not o'll
_OPENING = r"\s+(?-i:An?|At|Here|He|If|In|It|She|So|That|The|There|They|This|We|You)\s"


def _one_of(words):
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


class Rule(NamedTuple):
    """`why` says what `pattern` takes; `example` is a text that the rule decides, and `tokens` what comes of it."""

    why: str
    pattern: str
    example: str
    tokens: str


RULES = (
    Rule("a tag", r"</?[a-z!?][^<>\s]*>", "<start> dog", "<start> dog"),
    Rule("a bracket that is spelt out already", r"-[lr][rsc]b-", "-LRB- dog", "-LRB- dog"),
    Rule("a web address, without the stop behind it", r"https?://\S*\w", "http://a.org/dog.", "http://a.org/dog ."),
    Rule("a mail address", r"\w[\w.+-]*@[\w-]+(?:\.[\w-]+)*", "dog@a.org", "dog@a.org"),
    Rule("a name behind @ or #, but no number", rf"[@#]{_LETTER}\w*", "#dogs #1", "#dogs # 1"),
    Rule("one of the commonest smileys", rf"[:;=][-o']?[()\[\]dp3]{_END}", "dog :-D :)", "dog :-D :-RRB-"),
    Rule("capitals joined by &", rf"(?-i:[A-Z]+(?:&[A-Z]+)+){_END}", "R&B r&b", "R&B r & b"),
    Rule("the first of two words grown together",
         r"(?:can(?=not)|gon(?=na)|got(?=ta)|wan(?=na)|gim(?=me)|lem(?=me))(?=\w{2,3}(?!-?\w))",
         "Cannot wanna wannabe", "Can not wan na wannabe"),
    Rule("the t of 'tis and 'twas", rf"'t(?=(?:is|was){_END})", "'tis", "'t is"),
    Rule("an abbreviation with its stop", rf"{_one_of(ALWAYS)}\.{_END}", "St. Dog, etc., run", "St. Dog , etc. , run"),
    Rule("one that needs a capital", rf"(?-i:(?=[A-Z])){_one_of(WITH_A_CAPITAL)}\.{_END}",
         "Miss. but miss.", "Miss. but miss ."),
    Rule("one that needs a number", rf"{_one_of(BEFORE_A_NUMBER)}\.(?=\s*\d)", "No. 5 has no.", "No. 5 has no ."),
    Rule("letters with a stop each", rf"(?:{_PIECE}{_HYPHEN})*[a-z](?:\.[a-z])+\.(?:{_HYPHEN}{_PIECE})*{_END}",
         "at 3 p.m. in a U.S.-built car", "at 3 p.m. in a U.S.-built car"),
    Rule("one letter with its stop, unless a sentence seems to begin behind it", rf"[a-z]\.{_END}(?!{_OPENING})",
         "J. Dog in lane B. The end", "J. Dog in lane B . The end"),
    Rule("a verb before n't", rf"(?:{_PIECE}{_HYPHEN})*{_PIECE}(?=n't{_END})", "don't", "do n't"),
    Rule("n't", rf"n't{_END}", "can't", "ca n't"),
    Rule("a short form behind a word", rf"'(?:s|m|d|re|ve|ll){_END}", "dog's we'll", "dog 's we 'll"),
    Rule("'n', also without its second apostrophe", rf"'n'|'n{_END}", "rock'n'roll 'n", "rock 'n' roll 'n"),
    Rule("other words that begin with an apostrophe", rf"'(?:em|til|cause){_END}", "let 'em", "let 'em"),
    Rule("a decade or a year", r"(?<!\w)'\d\ds?(?![\w'-])", "the '90s", "the '90s"),
    Rule("words with an apostrophe inside", _one_of("o'er e'er ne'er ma'am c'mon n'sync hawai'i".split()) + _END,
         "yes ma'am", "yes ma'am"),
    Rule("words joined by a slash", rf"{_COMPOUND}(?:/{_COMPOUND})+", "and/or 1/2", "and/or 1/2"),
    Rule("words joined by hyphens", rf"(?:{_DECIMAL}|{_ELISION}|{_DOTTED}|{_PIECE})(?:{_HYPHEN}{_PIECE})+",
         "a 5.5-inch t-shirt", "a 5.5-inch t-shirt"),
    Rule("d', l' or o' with a word of two letters or more", _ELISION, "O'Neil at two o'clock", "O'Neil at two o'clock"),
    Rule("ol', d', l' or j', or y' before a letter, unless a short form follows",
         rf"(?:ol|[dlj]|y(?='{_LETTER}))'(?!(?:[smd]|re|ve|ll))", "good ol' boys, y'all", "good ol' boys , y' all"),
    Rule("words joined by underscores", rf"{_PIECE}(?:(?:_|{_HYPHEN}){_PIECE})+", "red_dog", "red_dog"),
    Rule("a number with points, commas or colons", _DECIMAL, "1,000.50 at 3:30pm", "1,000.50 at 3:30 pm"),
    Rule("a word, or words with nothing but a stop between them", rf"{_DOTTED}|{_PIECE}",
         "One dog.Two dogs. 5x5", "One dog.Two dogs . 5x5"),
    Rule("a number with a sign or point in front", r"[-+]?(?:[.,:]\d+)+|[-+]\d+(?:[.,:]\d+)*", "-5 .5", "-5 .5"),
    Rule("a row of signs that stay together", r"[?!]+|\*+|#+|@+|_+", "dog?! ***", "dog ?! ***"),
    Rule("any other sign", r"\S", "100°", "100 °"),
)


def matcher(rules):
    """The pattern that finds the next token by `rules`."""
    return re.compile("|".join(rule.pattern for rule in rules), re.IGNORECASE)


_TOKEN = matcher(RULES)


def penn_treebank(text):
    """The tokens of `text`, in its own case and with the punctuation."""
    return [match.group().translate(BRACKETS) for match in _TOKEN.finditer(plain(text))]
