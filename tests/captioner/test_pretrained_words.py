"""Word vectors become a captioner's embedding: found words at its spread, special and absent words as they were."""

import numpy as np
import pytest

from minisat.captioner import PretrainedWords
from minisat.errors import UserError
from minisat.nn import Embedding
from minisat.text import SPECIALS, Vocabulary, WordVectors, word_statistics, write_vectors

WORDS = ["a", "dog", "cat", "runs", "zebra"]
STATISTICS = word_statistics([["a", "dog", "runs"], ["a", "cat"], ["a", "zebra", "runs"]])


@pytest.fixture
def vocabulary():
    return Vocabulary([*SPECIALS, *WORDS])


@pytest.fixture
def path(tmp_path, rng):
    """Vectors of four of the words, of two that are not asked for, and of a word spelt as a special one."""
    words = ["dog", "the", "<unk>", "runs", "a", "walrus", "cat"]
    write_vectors(tmp_path / "vectors", WordVectors(words, 7 * rng.standard_normal((7, 6))), "glove")
    return tmp_path / "vectors"


def test_found_words_are_copied_and_all_others_keep_their_initialisation(path, vocabulary):
    words = PretrainedWords.read(path, vocabulary, 6, STATISTICS)
    assert words.facts(vocabulary) == {"found": 4, "words": 5, "coverage": 7 / 8}
    W = Embedding(len(vocabulary), 6, rng=0).W.data
    fresh = W.copy()
    words.copy_into(W, vocabulary)
    kept = [*range(len(SPECIALS)), vocabulary.words.index("zebra")]
    assert np.array_equal(W[kept], fresh[kept])
    found = np.stack([W[vocabulary.words.index(word)] for word in words.vectors.words])
    ratio = found / words.vectors.vectors
    assert np.allclose(ratio, ratio[0, 0], rtol=1e-5)  # one factor: cosines and relative lengths stay
    assert np.sqrt(np.mean(found**2)) == pytest.approx(np.sqrt(np.mean(fresh**2)), rel=1e-5)
    assert W.dtype == np.float32


def test_another_size_no_word_and_nothing_but_zeros_are_user_errors(path, tmp_path, vocabulary):
    with pytest.raises(UserError, match="have 6 entries, the captioner's word vectors 8: add --embedding-size 6"):
        PretrainedWords.read(path, vocabulary, 8, STATISTICS)
    with pytest.raises(UserError, match="has a vector of none of the 1 words"):
        PretrainedWords.read(path, Vocabulary([*SPECIALS, "xylophone"]), 6, STATISTICS)
    write_vectors(tmp_path / "zeros", WordVectors(["dog"], np.zeros((1, 6))))
    words = PretrainedWords.read(tmp_path / "zeros", vocabulary, 6, STATISTICS)
    with pytest.raises(UserError, match="all zero"):
        words.copy_into(np.ones((len(vocabulary), 6), np.float32), vocabulary)
