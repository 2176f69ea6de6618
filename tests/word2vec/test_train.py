"""`word2vec.train`: every method, from lists and from a file, the same for the same seed."""

import numpy as np
import pytest

from minisat import word2vec
from minisat.errors import UserError
from minisat.word2vec import Settings

SMALL = {"dim": 16, "min_count": 1, "subsample": 0.0, "epochs": 30, "learning_rate": 0.05, "batch": 64, "buckets": 500}


@pytest.fixture(scope="module")
def corpus():
    """Sentences about two subjects that share no words: any method must tell them apart."""
    rng = np.random.default_rng(0)
    subjects = ["dog cat puppy kitten fur paw".split(), "car bus truck wheel road engine".split()]
    return [list(rng.choice(subjects[k % 2], 6)) for k in range(120)]


def _gap(vectors):
    """How much closer words are to their own subject than to the other, in cosines."""
    first = [w for w in vectors.words if w in "dog cat puppy kitten fur paw".split()]
    second = [w for w in vectors.words if w not in first]
    within = [vectors.similarity(a, b) for a in first for b in first if a != b]
    across = [vectors.similarity(a, b) for a in first for b in second]
    return np.mean(within) - np.mean(across)


CHOICES = [(m, o) for m in word2vec.PREDICTIVE for o in word2vec.OUTPUTS] + [("glove", "negative-sampling"),
                                                                              ("ppmi-svd", "negative-sampling"),
                                                                              ("counts", "negative-sampling")]


@pytest.mark.parametrize("method, output", CHOICES)
def test_every_method_tells_two_subjects_apart(corpus, method, output):
    """Words of one subject come out closer to each other than to the other subject's."""
    vectors = word2vec.train(corpus, Settings(method=method, output=output, **SMALL))
    assert len(vectors) == 12 and _gap(vectors) > 0.3


def test_one_hot_vectors_are_all_equally_far_apart(corpus):
    assert np.array_equal(word2vec.train(corpus, Settings(method="one-hot", min_count=1)).vectors, np.eye(12))


@pytest.mark.parametrize("method", list(word2vec.METHODS))
def test_file_and_lists_give_the_same_and_so_does_the_seed(corpus, method, tmp_path):
    """Streaming from disk changes nothing; another seed does, where there is chance in the method."""
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in corpus), encoding="utf-8")
    settings = {**SMALL, "epochs": 2, "method": method}
    a, b = word2vec.train(corpus, Settings(**settings)), word2vec.train(path, Settings(**settings))
    assert a.words == b.words and np.array_equal(a.vectors, b.vectors)
    if method in (*word2vec.PREDICTIVE, "glove"):
        assert not np.array_equal(a.vectors, word2vec.train(corpus, Settings(**settings, seed=2)).vectors)


def test_mean_of_both_matrices_is_their_mean(corpus):
    """`vectors` chooses the input matrix, the output matrix or the mean."""
    a, b, both = (word2vec.train(corpus, Settings(**{**SMALL, "epochs": 2}, vectors=v)).vectors
                  for v in word2vec.VECTORS)
    assert not np.allclose(a, b)
    np.testing.assert_allclose(both, (a + b) / 2, rtol=1e-6)


@pytest.mark.parametrize("method", ["skip-gram", "cbow", "glove"])
def test_progress_ends_at_the_whole_and_never_falls(corpus, method):
    """Words done rise to epochs × words of the corpus, and the epoch is the one in which they are."""
    told = []
    word2vec.train(corpus, Settings(**{**SMALL, "epochs": 3, "method": method}), progress=told.append)
    done = [p.done for p in told]
    assert done == sorted(done) and done[-1] == told[-1].total == 3 * 720 and told[-1].words_per_second > 0
    assert {p.epoch for p in told} == {1, 2, 3}
    assert all(p.epoch - 1 <= p.done / 720 <= p.epoch for p in told)


def test_subword_vectors_embed_a_word_never_seen(corpus):
    """`kittens` shares n-grams with `kitten`, so it lands nearer to it than to any word of the other subject."""
    vectors = word2vec.train(corpus, Settings(method="subword", **SMALL))
    assert "kittens" not in vectors
    others = [vectors.similarity("kittens", word) for word in "car bus truck wheel road engine".split()]
    assert vectors.similarity("kittens", "kitten") > max(others) + 0.2


@pytest.mark.parametrize("wrong, sentence", [
    ({"method": "bert"}, "method must be one of skip-gram.* not 'bert'"), ({"output": "x"}, "output must be one of"),
    ({"vectors": "x"}, "vectors must be one of"), ({"dim": 0}, "dim must be in"),
    ({"subsample": -1.0}, "subsample must be at least 0"), ({"learning_rate": 0.0}, "learning_rate must be above 0"),
    ({"shortest": 4, "longest": 3}, "longest must not be below shortest")])
def test_settings_that_make_no_sense_are_refused(wrong, sentence):
    with pytest.raises(UserError, match=sentence):
        Settings(**wrong)


def test_corpora_that_cannot_be_learnt_from_are_refused(tmp_path):
    """No word often enough, or only one; no file; output vectors that do not exist."""
    with pytest.raises(UserError, match="No word of the corpus occurs 5 times"):
        word2vec.train([["one", "two"]])
    for output in word2vec.OUTPUTS:
        with pytest.raises(UserError, match="Only one word"):
            word2vec.train([["one", "one"]], Settings(output=output, min_count=1))
    with pytest.raises(UserError, match="Cannot read"):
        word2vec.train(tmp_path / "none.txt")
    with pytest.raises(UserError, match="no output vectors"):
        Settings(output="hierarchical-softmax", vectors="mean")


@pytest.mark.parametrize("method", list(word2vec.METHODS))
def test_words_without_neighbours_do_no_harm(method):
    """Sentences of one word, and empty ones, leave finite vectors."""
    vectors = word2vec.train([["a"], [], ["b"], ["a"]], Settings(method=method, dim=3, min_count=1, buckets=9),
                             progress=lambda progress: None)
    assert len(vectors) == 2 and np.isfinite(vectors.vectors).all()
