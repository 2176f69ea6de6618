"""The tokenizers cut as they say, and the Penn-Treebank one as coco-caption's does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nltk
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


CAPTIONS = ["The boy's dog (a pug) isn't wet, is it?", 'A "big" dog . It runs.', "gonna jump -- at 5:30 ... $5 & more",
            "a “big” dog—it’s wet", "men, women and c++ at the U.S. shop"]


def test_nltk_splits_clitics_and_keeps_punctuation():
    assert tokenize(CAPTIONS[0], "nltk") == "the boy 's dog ( a pug ) is n't wet , is it ?".split()


@pytest.mark.parametrize("text", CAPTIONS)
def test_nltk_is_its_word_tokenize_of_one_sentence(text):
    assert tokenize(text, "nltk") == nltk.word_tokenize(text.lower(), preserve_line=True)


def test_nltk_is_imported_only_when_asked_for():
    """It takes a second, which a command that does not need it must not wait for."""
    code = "import sys, minisat.cli.train\nassert 'nltk' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_none_splits_on_blanks_only():
    assert tokenize(" A dog . \n", "none") == ["A", "dog", "."]


@pytest.mark.parametrize("name", sorted(TOKENIZERS))
@pytest.mark.parametrize("text", ["", "   ", "\t\r\n"])
def test_nothing_gives_no_words(name, text):
    assert tokenize(text, name) == []


def test_an_unknown_tokenizer_is_a_user_error_that_lists_the_known_ones():
    with pytest.raises(UserError, match="simple, ptb, nltk, none"):
        tokenize("a dog", "spacy")


def test_ptb_keeps_the_stop_of_an_abbreviation_and_drops_every_other():
    assert tokenize("A dog. A cat on St. Paul St. in the U.S. at 5 p.m.!", "ptb") == \
        "a dog a cat on st. paul st. in the u.s. at 5 p.m.".split()


def test_ptb_drops_rows_of_points_dashes_and_quotes_but_not_of_marks():
    assert tokenize("``Stop...'' -- a dog, what?! . . . !", "ptb") == "stop a dog what ?!".split()


def test_ptb_equals_coco_caption():
    """All of some 700 real captions and 90 tricky strings come out as from the Java original."""
    file = Path(os.environ.get("MINISAT_DATA", "/nowhere")) / "metrics" / "tokenizer_ptb.json"
    if not file.exists():
        pytest.skip("needs MINISAT_DATA with metrics/tokenizer_ptb.json")
    items = json.loads(file.read_text())["items"]
    assert [item["raw"] for item in items if tokenize(item["raw"], "ptb") != item["tokens"].split()] == []
