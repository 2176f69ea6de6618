"""What NLTK does here: a tokenizer, and the stemmer of METEOR. It needs none of NLTK's downloads.

It is imported when first asked for, since it brings SciPy along where that is installed: a second of every command.
"""

from functools import cache
from importlib import import_module


def nltk_words(text):
    """NLTK's `word_tokenize` of the lower-cased text as one sentence: "The boy's hat." → the boy 's hat .

    So do many notebooks cut captions; punctuation stays, as words of its own.
    """
    return _tokenizer().tokenize(text.lower())


@cache
def english_stemmer():
    """Snowball's stemmer for English, as METEOR uses it."""
    return import_module("nltk.stem.snowball").EnglishStemmer()


@cache
def _tokenizer():
    return import_module("nltk.tokenize.destructive").NLTKWordTokenizer()
