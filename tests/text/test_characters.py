"""Characters as words: Chinese, Japanese, Korean, mixed with others."""

import unicodedata

import pytest

from minisat.text import tokenize


@pytest.mark.parametrize("text, words", [
    ("一只狗在草地上奔跑。", list("一只狗在草地上奔跑")),
    ("두 마리 개가 잔디 위를 달린다.", list("두마리개가잔디위를달린다")),
    ("犬がボールで遊ぶ", list("犬がボールで遊ぶ")),
    ("A dog's 3 balls, 红色 T-shirt!", ["a", "dog", "s", "3", "balls", "红", "色", "t", "shirt"]),
    ("개 2마리 café", ["개", "2", "마", "리", "café"]), ("", []), (" … — ", [])])
def test_each_character_is_a_word(text, words):
    assert tokenize(text, "characters") == words


def test_hangul_that_was_taken_apart_is_the_same():
    """As macOS writes it: the same letters on the screen, three code points a syllable."""
    text = "개가 달린다"
    apart = unicodedata.normalize("NFD", text)
    assert len(apart) > len(text)
    assert tokenize(apart, "characters") == tokenize(text, "characters") == list("개가달린다")
