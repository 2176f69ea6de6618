"""Word vectors answer: neighbours, analogies, similarities; and what they cannot answer is one clear sentence."""

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.text import Subwords, WordVectors, bucket, character_ngrams

# Axes: royal, male, female. By arithmetic, man : king = woman : queen.
ROYALTY = WordVectors(["king", "queen", "man", "woman", "cabbage"],
                      [[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1], [-1, .1, .1]])


def test_it_is_a_list_of_words_with_a_vector_each():
    assert len(ROYALTY) == 5 and ROYALTY.size == 3 and ROYALTY.words[0] == "king"
    assert "king" in ROYALTY and "prince" not in ROYALTY
    assert ROYALTY.vectors.dtype == np.float32 and ROYALTY["queen"].tolist() == [1, 0, 1]


def test_neighbours_are_the_highest_cosines_in_order_without_the_word_itself(rng):
    """Held against a plain loop over all pairs."""
    words = [f"w{i}" for i in range(60)]
    vectors = WordVectors(words, rng.standard_normal((60, 8)))
    for word in words[:5]:
        a = vectors[word]
        cosines = {other: a @ vectors[other] / np.linalg.norm(a) / np.linalg.norm(vectors[other])
                   for other in words if other != word}
        expected = sorted(cosines, key=lambda other: -cosines[other])[:7]
        found = vectors.neighbours(word, 7)
        assert [name for name, _ in found] == expected
        assert np.allclose([cosine for _, cosine in found], [cosines[name] for name in expected], atol=1e-6)
        assert vectors.similarity(word, expected[0]) == pytest.approx(cosines[expected[0]], abs=1e-6)


def test_more_neighbours_than_words_are_all_others():
    assert len(ROYALTY.neighbours("king", 99)) == 4 and ROYALTY.neighbours("king", 0) == []
    assert WordVectors(["only"], [[1.0]]).neighbours("only") == []


@pytest.mark.parametrize("method", ["add", "mul"])
def test_man_is_to_king_as_woman_is_to_queen(method):
    assert ROYALTY.analogy("man", "king", "woman", 1, method)[0][0] == "queen"
    assert {"man", "king", "woman"}.isdisjoint(word for word, _ in ROYALTY.analogy("man", "king", "woman", 9, method))


def test_the_two_analogies_can_disagree():
    """3CosAdd takes the word that is very near to c alone; 3CosMul one that is fairly near to b and to c."""
    def at(degrees):
        return [np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]
    vectors = WordVectors("a b c x y".split(), [at(180), at(0), at(95), at(98), at(35)])
    assert vectors.analogy("a", "b", "c", 2, "add") != vectors.analogy("a", "b", "c", 2, "mul")
    unit = {word: np.array(vectors.unit_vectors[vectors.row(word)], np.float64) for word in vectors.words}
    for word, score in vectors.analogy("a", "b", "c", 2, "mul"):
        a, b, c = ((1 + unit[word] @ unit[other]) / 2 for other in "abc")
        assert score == pytest.approx(b * c / (a + 1e-3), rel=1e-4)


def test_a_zero_vector_is_near_to_nothing_and_breaks_nothing():
    vectors = WordVectors(["zero", "one"], [[0, 0], [0, 1]])
    assert vectors.similarity("zero", "one") == 0 and vectors.neighbours("zero") == [("one", 0.0)]


def test_an_unknown_word_is_one_sentence_with_near_spellings():
    vectors = WordVectors(["jumping", "running", "dog"], np.eye(3))
    with pytest.raises(UserError, match=r"no vector of 'jumpin' among the 3 words\. Did you mean jumping\?$"):
        vectors.neighbours("jumpin")
    with pytest.raises(UserError, match=r"Did you mean dog\?$"):
        vectors.row("Dog")
    with pytest.raises(UserError, match=r"no vector of 'xyzzy' among the 3 words\.$"):
        vectors.analogy("dog", "xyzzy", "running")
    with pytest.raises(UserError, match="no analogy method 'sub'"):
        vectors.analogy("dog", "jumping", "running", method="sub")


@pytest.mark.parametrize("words, vectors, sentence", [
    (["a", "b"], np.zeros((3, 2)), "2 words need a matrix of 2 vectors"),
    (["a"], np.zeros((1, 0)), "shape"),
    (["a"], np.zeros(1), "shape"),
    (["a", "b", "a"], np.zeros((3, 2)), "'a' has two vectors"),
    (["a", "b"], [[0, 1], [np.nan, 0]], "vector of 'b' has a value that is not finite"),
])
def test_what_does_not_fit_is_refused(words, vectors, sentence):
    with pytest.raises(UserError, match=sentence):
        WordVectors(words, vectors)


def test_only_keeps_what_is_there_in_the_order_asked_for():
    part = ROYALTY.only(["woman", "prince", "king"])
    assert part.words == ["woman", "king"] and part.vectors.tolist() == [[0, 0, 1], [1, 1, 0]]


def test_ngrams_are_those_of_the_word_between_brackets():
    assert character_ngrams("as", 3, 6) == ["<as", "<as>", "as>"]
    assert "her" in character_ngrams("where", 3, 3) and "<her>" not in character_ngrams("where", 3, 6)
    assert character_ngrams("a", 4, 6) == []


def test_the_hash_is_fasttexts():
    """FNV-1a's published values for ASCII; for é the signed bytes of fastText's C++, worked out by hand."""
    assert bucket("a", 2**32) == 0xE40C292C and bucket("foobar", 2**32) == 0xBF9CF968
    value = 2166136261
    for byte in (0xC3 - 256, 0xA9 - 256):
        value = (value ^ (byte % 2**32)) * 16777619 % 2**32
    assert bucket("é", 2**32) == value


def test_a_word_never_seen_is_the_mean_of_its_ngrams(rng):
    subwords = Subwords(rng.standard_normal((50, 4)), 3, 4)
    vectors = WordVectors(["cat"], rng.standard_normal((1, 4)), subwords)
    ngrams = "<ca", "<cat", "cat", "cat>", "at>"
    expected = np.mean([subwords.vectors[bucket(ngram, 50)] for ngram in ngrams], axis=0)
    assert np.allclose(subwords.vector("cat"), expected)
    assert "cats" not in vectors and vectors["cats"].shape == (4,) and vectors.neighbours("cats")[0][0] == "cat"
    assert np.array_equal(vectors["cat"], vectors.vectors[0])  # a word of the list keeps its own vector
    with pytest.raises(UserError, match="no vector of ''"):
        WordVectors(["cat"], np.ones((1, 4)), Subwords(np.ones((5, 4)), 3, 4))[""]
