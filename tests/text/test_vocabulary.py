"""The vocabulary counts, encodes, decodes, and comes back from disk whole or not at all."""

import json

import pytest

from minisat.errors import UserError
from minisat.text import END, PAD, SPECIALS, START, UNK, Vocabulary

CAPTIONS = [["a", "dog", "runs"], ["a", "dog"], ["a", "cat"], ["the", "cat", "<end>"]]


def test_words_are_kept_by_count_and_ordered_by_count_then_alphabet():
    assert Vocabulary.build(CAPTIONS, min_count=2).words == [*SPECIALS, "a", "cat", "dog"]
    assert Vocabulary.build(CAPTIONS, min_count=1).words == [*SPECIALS, "a", "cat", "dog", "runs", "the"]


def test_max_size_counts_words_without_the_specials_and_zero_means_no_limit():
    assert Vocabulary.build(CAPTIONS, min_count=1, max_size=2).words == [*SPECIALS, "a", "cat"]
    assert len(Vocabulary.build(CAPTIONS, min_count=1, max_size=0)) == 9


def test_the_special_ids_are_fixed():
    assert (PAD, UNK, START, END) == (0, 1, 2, 3) and SPECIALS == ("<pad>", "<unk>", "<start>", "<end>")


def test_encode_then_decode_gives_the_known_words_back():
    vocabulary = Vocabulary.build(CAPTIONS, min_count=2)
    assert vocabulary.encode(["a", "dog", "barks"]) == [4, 6, UNK]
    assert vocabulary.decode([START, 4, 6, UNK, 5, END, 4, PAD]) == ["a", "dog", "cat"]
    assert "dog" in vocabulary and "barks" not in vocabulary and "<end>" not in vocabulary


def test_a_caption_that_spells_a_special_word_does_not_become_it():
    assert Vocabulary.build(CAPTIONS, min_count=1).encode(["<end>", "<pad>", "<start>"]) == [UNK, UNK, UNK]


def test_no_captions_give_only_the_specials():
    assert Vocabulary.build([], min_count=1).words == list(SPECIALS)


def test_saved_and_loaded_it_is_the_same(tmp_path):
    vocabulary = Vocabulary([*SPECIALS, "café", "dog"])
    vocabulary.save(tmp_path / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "vocabulary.json").words == vocabulary.words


@pytest.mark.parametrize("content", [
    "{", "[]", "{}", '{"format": "other", "words": []}',
    json.dumps({"format": "minisat-vocabulary/1", "words": "abc"}),
    json.dumps({"format": "minisat-vocabulary/1", "words": ["a", "b", "c", "d"]}),
    json.dumps({"format": "minisat-vocabulary/1", "words": [*SPECIALS, "a", "a"]}),
    json.dumps({"format": "minisat-vocabulary/1", "words": [*SPECIALS, 7]}),
    json.dumps({"format": "minisat-vocabulary/1", "words": [*SPECIALS, "two words"]}),
])
def test_a_damaged_file_is_a_user_error(tmp_path, content):
    (tmp_path / "vocabulary.json").write_text(content)
    with pytest.raises(UserError, match="vocabulary.json"):
        Vocabulary.load(tmp_path / "vocabulary.json")


def test_a_missing_file_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="Cannot read"):
        Vocabulary.load(tmp_path / "none.json")
