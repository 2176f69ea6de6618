"""The alias table, the Huffman tree, the corpus on disk, windows, co-occurrence counts and PPMI against brute force."""

from collections import Counter

import numpy as np
import pytest

from minisat.word2vec import Settings, cooccurrence, corpus, ppmi, train
from minisat.word2vec.alias import AliasTable
from minisat.word2vec.corpus import EncodedCorpus
from minisat.word2vec.examples import batches, effective_words
from minisat.word2vec.huffman import HuffmanTree
from minisat.word2vec.windows import keep_probabilities, neighbours

SENTENCES = [["a", "b", "a", "c"], ["b"], [], ["c", "c", "b", "rare", "a"], ["a", "c", "b", "b", "a", "a"]]


@pytest.mark.parametrize("weights", [[1.0], [1, 1, 1], [5, 0, 1, 2], np.arange(1, 200) ** 0.75])
def test_alias_table_has_the_probabilities(weights, rng):
    """Exactly by its columns, and in the frequencies of many draws."""
    weights = np.asarray(weights, float)
    table, P = AliasTable(weights), weights / weights.sum()
    np.testing.assert_allclose(table.probabilities(), P, atol=1e-7)
    drawn = np.bincount(table.draw(rng, (400, 500)).ravel(), minlength=len(P)) / 200_000
    assert (np.abs(drawn - P) < 5 * np.sqrt(P / 200_000) + 1e-9).all()


def test_alias_table_refuses_what_is_no_distribution():
    for weights in ([], [0.0, 0.0], [1.0, -1.0], [np.nan]):
        with pytest.raises(ValueError, match="alias table needs weights"):
            AliasTable(weights)


def test_huffman_tree_is_optimal_and_free_of_prefixes():
    """Mean path of 5, 9, 12, 13, 16, 45 is the textbook's 2.24 bits; no word's path is the beginning of another's."""
    counts = [5, 9, 12, 13, 16, 45]
    tree = HuffmanTree(counts)
    lengths = np.abs(tree.turns).sum(axis=1)
    assert (lengths * counts).sum() == 224
    codes = ["".join("LR"[int(turn < 0)] for turn in row[row != 0]) for row in tree.turns]
    assert not any(a != b and b.startswith(a) for a in codes for b in codes)
    assert sum(2.0 ** -length for length in lengths) == 1


@pytest.mark.parametrize("chunk", [3, 10**6])
def test_corpus_comes_back_from_disk_as_it_was(chunk, monkeypatch):
    """Ids by frequency, rare words gone, sentences kept apart, however the stream is cut."""
    monkeypatch.setattr(corpus, "CHUNK", chunk)
    encoded = EncodedCorpus(SENTENCES, min_count=2)
    assert encoded.words == ["a", "b", "c"] and encoded.counts.tolist() == [6, 5, 4] and encoded.size == 15
    found = []
    for ids, sentence in encoded.chunks():
        found += [[encoded.words[k] for k in ids[sentence == s]] for s in np.unique(sentence)]
    assert sum(found, []) == [w for s in SENTENCES for w in s if w != "rare"]
    if chunk > 10:
        assert found == [[w for w in s if w != "rare"] for s in SENTENCES if s]


def _brute_pairs(sentences, window, radius=None):
    pairs, at = [], 0
    for s in sentences:
        for i in range(len(s)):
            r = window if radius is None else radius[at + i]
            pairs += [(at + i, at + j) for j in range(max(0, i - r), min(len(s), i + r + 1)) if j != i]
        at += len(s)
    return pairs


def test_neighbours_are_those_of_a_double_loop(rng):
    """Fixed and drawn windows; never across a sentence's end; no words, no pairs."""
    sentence = np.concatenate([np.full(len(s), k, np.int32) for k, s in enumerate(SENTENCES)])
    for radius in (None, rng.integers(1, 4, len(sentence), dtype=np.int32)):
        assert list(zip(*neighbours(sentence, 3, radius))) == _brute_pairs(SENTENCES, 3, radius)
    assert [len(x) for x in neighbours(np.zeros(0, np.int32), 2)] == [0, 0]


@pytest.mark.parametrize("size", [2, 5, 100])
def test_batches_hold_every_pair_once(size):
    """However the corpus is cut into batches, the pairs are those of the double loop; bags hold the same pairs."""
    encoded = EncodedCorpus(SENTENCES, min_count=1)
    settings = Settings(window=2, dynamic_window=False, subsample=0.0, batch=size, min_count=1)
    expected = Counter((a, b) for s in SENTENCES for a, b in
                       ((s[i], s[j]) for i, j in _brute_pairs([s], 2)))
    pairs, bags = Counter(), Counter()
    for _, batch in batches(encoded, settings, np.random.default_rng(0)):
        pairs.update((encoded.words[batch.ids[a]], encoded.words[batch.ids[b]])
                     for a, b in zip(batch.centres, batch.contexts))
        centres, contexts, mask = batch.bags()
        bags.update((encoded.words[batch.ids[a]], encoded.words[batch.ids[b]])
                    for a, row, real in zip(centres, contexts, mask) for b in row[real])
    assert pairs == bags == expected


def test_subsampling_thins_frequent_words_only():
    """√(t/f) + t/f, at most 1; threshold 0 keeps all."""
    counts = np.array([900, 90, 9, 1])
    keep = keep_probabilities(counts, 1e-2)
    np.testing.assert_allclose(keep, [np.sqrt(1 / 90) + 1 / 90, np.sqrt(1 / 9) + 1 / 9, 1, 1], rtol=1e-6)
    assert (keep_probabilities(counts, 0) == 1).all()


@pytest.mark.parametrize("weigh", [False, True])
def test_counts_are_those_of_a_double_loop(weigh, monkeypatch):
    """Also when the corpus comes in many chunks."""
    monkeypatch.setattr(corpus, "CHUNK", 7)
    encoded = EncodedCorpus(SENTENCES, min_count=1)
    X = np.zeros((4, 4))
    row = {word: k for k, word in enumerate(encoded.words)}
    for s in SENTENCES:
        for i, j in _brute_pairs([s], 2):
            X[row[s[i]], row[s[j]]] += 1 / abs(i - j) if weigh else 1
    counts = cooccurrence.count_pairs(encoded, 2, weigh)
    np.testing.assert_allclose(counts.dense(), X)
    dense = np.random.default_rng(0).standard_normal((4, 3))
    np.testing.assert_allclose(counts.times(dense), X @ dense)


def test_ppmi_and_its_decomposition(rng):
    """PPMI by its formula; the randomised decomposition gives NumPy's singular values and the best approximation."""
    sentences = [list(rng.choice([f"w{k}" for k in range(40)], 8, p=np.arange(1, 41) / 820)) for _ in range(300)]
    counts = cooccurrence.count_pairs(EncodedCorpus(sentences, 1), 3)
    X = counts.dense().astype(float)
    context = X.sum(axis=0) ** 0.75
    with np.errstate(divide="ignore"):
        expected = np.log(X / X.sum(axis=1, keepdims=True) / (context / context.sum())) - np.log(1.3)
    matrix = ppmi.ppmi(counts, shift=1.3)
    np.testing.assert_allclose(matrix.dense(), np.maximum(expected, 0), atol=1e-5)
    U, s, Vt = ppmi.truncated_svd(matrix, 6)
    exact = np.linalg.svd(np.maximum(expected, 0), full_matrices=False)
    np.testing.assert_allclose(s, exact[1][:6], rtol=1e-4)
    np.testing.assert_allclose((U * s) @ Vt, (exact[0][:, :6] * exact[1][:6]) @ exact[2][:6], atol=2e-2)


def test_vectors_longer_than_the_vocabulary_end_in_zeros():
    vectors = train(SENTENCES, Settings(method="ppmi-svd", dim=9, min_count=2)).vectors
    assert vectors.shape == (3, 9) and not vectors[:, 3:].any()


@pytest.mark.parametrize("weights, words", [([1.0] * 8, 8), ([3.0] * 4 + [0.0] * 5, 4), ([1.0], 2), ([9.0, 1.0], 2),
                                            ([4.0, 2.0, 2.0, 2.0], 3), ([7.0] * 100 + [1.0], 100)])
def test_how_many_words_repeat_as_often(weights, words):
    """By hand: 1 / Σ p². Equally frequent ones are counted, 4:2:2:2 is 1 / 0.28, and there are never fewer than 2."""
    assert effective_words(np.array(weights)) == words
