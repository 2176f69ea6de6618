"""Captions cut into words, in three ways that need no download."""

import string

from nltk.tokenize import NLTKWordTokenizer

from minisat.errors import UserError

_DELETE_PUNCTUATION = str.maketrans("", "", string.punctuation)
_PLAIN_QUOTES_AND_DASHES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": " - ", "—": " - "})
_PENN_TREEBANK = NLTKWordTokenizer()

# What coco-caption drops after tokenising. Its list also names -LRB- and friends in capitals, which never match the
# lower-cased words, so that brackets stay in as -lrb- and -rrb-: a quirk that scores depend on.
_PUNCTUATION = frozenset(["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"])


def simple(text):
    """Lower case, all ASCII punctuation deleted (not split at: t-shirt → tshirt), cut at blanks."""
    return text.lower().translate(_DELETE_PUNCTUATION).split()


def ptb(text):
    """Penn-Treebank words as in coco-caption: "the boy's (red) hat." → the boy 's -lrb- red -rrb- hat.

    NLTK's word tokenizer, lower case, punctuation dropped. Differs from coco-caption's Java tokenizer in about one
    caption of two hundred (rock 'n' roll, web addresses, clitics such as 'tis).
    """
    words = _PENN_TREEBANK.tokenize(text.translate(_PLAIN_QUOTES_AND_DASHES), convert_parentheses=True)
    return [word.lower() for word in words if word not in _PUNCTUATION]


def blanks(text):
    """The text cut at blanks and nothing else, for captions that were tokenised before."""
    return text.split()


TOKENIZERS = {"simple": simple, "ptb": ptb, "none": blanks}


def tokenize(text, name="simple"):
    """The words of `text` by the tokenizer `name`, a key of TOKENIZERS. UserError for another name."""
    if name not in TOKENIZERS:
        raise UserError(f"There is no tokenizer {name!r}; there are {', '.join(TOKENIZERS)}.")
    return TOKENIZERS[name](text)
