"""The tokenizers cut as they say, and the Penn-Treebank one as coco-caption's does."""

import json
import os
from pathlib import Path

import pytest

from minisat.errors import UserError
from minisat.text import TOKENIZERS, tokenize


def test_simple_deletes_punctuation_and_case():
    assert tokenize('A Boy\'s "red" t-shirt , wet .', "simple") == ["a", "boys", "red", "tshirt", "wet"]


def test_ptb_splits_clitics_drops_punctuation_and_names_brackets():
    assert tokenize("The boy's dog (a pug) isn't wet, is it?", "ptb") == \
        "the boy 's dog -lrb- a pug -rrb- is n't wet is it".split()


def test_ptb_reads_curly_quotes_and_dashes_as_plain_ones():
    assert tokenize("a “big” dog—it’s wet", "ptb") == "a big dog it 's wet".split()


def test_none_splits_on_blanks_only():
    assert tokenize(" A dog . \n", "none") == ["A", "dog", "."]


@pytest.mark.parametrize("name", sorted(TOKENIZERS))
@pytest.mark.parametrize("text", ["", "   ", "\t\r\n"])
def test_nothing_gives_no_words(name, text):
    assert tokenize(text, name) == []


def test_an_unknown_tokenizer_is_a_user_error_that_lists_the_known_ones():
    with pytest.raises(UserError, match="simple, ptb, none"):
        tokenize("a dog", "spacy")


def test_ptb_equals_coco_caption_on_real_captions():
    """At least 99 % of some 700 captions tokenised by the Java original come out the same."""
    file = Path(os.environ.get("MINISAT_DATA", "/nowhere")) / "metrics" / "tokenizer_ptb.json"
    if not file.exists():
        pytest.skip("needs MINISAT_DATA with metrics/tokenizer_ptb.json")
    items = [item for item in json.loads(file.read_text())["items"] if item["source"] != "hand"]
    equal = sum(tokenize(item["raw"], "ptb") == item["tokens"].split() for item in items)
    assert equal >= 0.99 * len(items)
