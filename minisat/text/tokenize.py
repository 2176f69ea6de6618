"""Captions cut into words, in five ways that need no download."""

import string

from minisat.errors import UserError
from minisat.text.characters import characters
from minisat.text.penn_treebank import penn_treebank
from minisat.text.with_nltk import nltk_words

_DELETE_PUNCTUATION = str.maketrans("", "", string.punctuation)

# What coco-caption drops after tokenising; its quotes of two signs, -- and ... are single signs in a row here. Its list
# also names -LRB- and friends in capitals, which never match the lower-cased words, so that brackets stay in as -lrb-
# and -rrb-, and it does not name ?! and !!, which stay in too: quirks that scores depend on.
_PUNCTUATION = frozenset("\"'`.?!,:-;")


WORDS, LETTERS = 300, 2000  # of the longest caption: the time of comparing two grows with the square of their words


def is_overlong(text):
    """Whether `text` is too long for a caption of one photo."""
    return len(text) > LETTERS or len(text.split()) > WORDS


def simple(text):
    """Lower case, all ASCII punctuation deleted (not split at: t-shirt → tshirt), cut at blanks."""
    return text.lower().translate(_DELETE_PUNCTUATION).split()


def ptb(text):
    """Penn-Treebank words as in coco-caption: "the boy's (red) hat." → the boy 's -lrb- red -rrb- hat.

    Its Java tokenizer gives the same words for each of the 34,802 different captions of Flickr8k's training and
    development photos. Known differences, all rare: it reads a file of captions as one text, so that the stop behind a
    single last letter can depend on the next caption; it also knows tags with blanks inside, telephone numbers, US$ and
    C++, parts an abbreviation from a word glued to it (Jr.and), joins some more words at an apostrophe (red'and, n'all)
    or at a hyphen and an underscore together (tow-headed_boy), cuts inn't as inn t, and leaves out more of the signs
    that captions do not hold.
    """
    words = [word.lower() for word in penn_treebank(text)]
    return [word for word in words if word not in _PUNCTUATION]


def blanks(text):
    """The text cut at blanks and nothing else, for captions that were tokenised before."""
    return text.split()


TOKENIZERS = {"simple": simple, "ptb": ptb, "nltk": nltk_words, "none": blanks,
              "characters": characters}


def tokenize(text, name="simple"):
    """The words of `text` by the tokenizer `name`, a key of TOKENIZERS. UserError for another name."""
    if name not in TOKENIZERS:
        raise UserError(f"There is no tokenizer {name!r}; there are {', '.join(TOKENIZERS)}.")
    return TOKENIZERS[name](text)
