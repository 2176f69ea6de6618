"""Vectors against people and analogies: the files in their many layouts, ranks with ties, what cannot be judged."""

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.text import (
    Subwords,
    WordVectors,
    read_pairs,
    read_questions,
    score_analogies,
    score_similarity,
)
from minisat.text.vector_scores import ranks, spearman

LAYOUTS = {
    "WordSim-353": "Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\n",
    "WordSim-353, tabs": "Word 1\tWord 2\tHuman (mean)\r\nlove\tsex\t6.77\r\ntiger\tcat\t7.35\r\n",
    "SimLex-999": "word1\tword2\tPOS\tSimLex999\tconc(w1)\nlove\tsex\tN\t6.77\t2.72\ntiger\tcat\tN\t7.35\t4.9\n",
    "MEN": "love sex 6.77\ntiger cat 7.35\n",
    "header, blanks": "Word 1 Word 2 Human (mean)\nlove sex 6.77\ntiger cat 7.35\n",
    "comments, no header": "# WordSim\n#\nlove\tsex\t6.77\n\ntiger\tcat\t7.35\n",
    "semicolons, byte-order mark": "\ufefflove;sex;6.77;9\ntiger;cat;7.35;9\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_judgements_are_read_in_every_layout(tmp_path, layout):
    (tmp_path / "pairs").write_text(LAYOUTS[layout], encoding="utf-8", newline="")
    assert read_pairs(tmp_path / "pairs") == [("love", "sex", 6.77), ("tiger", "cat", 7.35)]


@pytest.mark.parametrize("content, sentence", [
    ("", "holds no pairs"), ("a,b,score\n", "header and no pairs"), ("a,b,1\na,b\n", "line 2: two words and a number"),
    ("a b 1\nc d x\n", "line 2"), ("a,b,1\n,d,2\n", "line 2"), ("one\n", "header and no pairs"),
])
def test_what_is_no_list_of_pairs_is_refused_with_the_line(tmp_path, content, sentence):
    (tmp_path / "pairs").write_text(content)
    with pytest.raises(UserError, match=sentence):
        read_pairs(tmp_path / "pairs")


def test_questions_are_read_by_section_and_refused_with_the_line(tmp_path):
    path = tmp_path / "questions"
    path.write_text(": capitals\nAthens Greece Oslo Norway\n\n: empty\n: family\n"
                    "boy girl man woman\nking queen he she\n")
    assert read_questions(path) == [("capitals", [("Athens", "Greece", "Oslo", "Norway")]),
                                    ("family", [("boy", "girl", "man", "woman"), ("king", "queen", "he", "she")])]
    path.write_text("boy girl man woman\n")
    assert read_questions(path) == [("all", [("boy", "girl", "man", "woman")])]
    path.write_text(": family\nboy girl man\n")
    with pytest.raises(UserError, match="line 2: four words are expected"):
        read_questions(path)
    path.write_text(": family\n")
    with pytest.raises(UserError, match="no analogy questions"):
        read_questions(path)
    path.write_bytes(b"\xff\n")
    with pytest.raises(UserError, match="not UTF-8"):
        read_questions(path)


def test_equal_values_share_the_mean_of_their_ranks():
    assert ranks([3, 1, 4, 1, 5, 1]).tolist() == [4, 2, 5, 2, 6, 2]


def test_spearman_by_hand():
    """1 − 6 Σd² / (n (n² − 1)) without ties; with ties Pearson's correlation of the shared ranks."""
    assert spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7.5]) == pytest.approx(1 - 6 * 2 / (5 * 24))
    assert spearman([1, 2, 3], [30, 20, 10]) == pytest.approx(-1)
    assert spearman([1, 1, 2], [1, 2, 3]) == pytest.approx(np.corrcoef([1.5, 1.5, 3], [1, 2, 3])[0, 1])
    assert np.isnan(spearman([1, 1], [1, 2])) and np.isnan(spearman([1], [2])) and np.isnan(spearman([], []))


def test_similarity_counts_what_it_could_not_judge_and_looks_for_lower_case():
    vectors = WordVectors(["tiger", "cat", "Paris", "car"], [[1, 0], [.9, .1], [0, 1], [-1, 0]])
    pairs = [("Tiger", "CAT", 9.0), ("tiger", "Paris", 5.0), ("tiger", "car", 1.0), ("tiger", "walrus", 6.0)]
    score = score_similarity(vectors, pairs)
    assert score.spearman == pytest.approx(1) and (score.used, score.pairs, score.coverage) == (3, 4, 0.75)
    nothing = score_similarity(vectors, [("walrus", "seal", 3.0)])
    assert np.isnan(nothing.spearman) and nothing.coverage == 0


def test_similarity_embeds_unseen_words_by_their_subwords(rng):
    vectors = WordVectors(["cat"], rng.standard_normal((1, 4)), Subwords(rng.standard_normal((20, 4))))
    assert score_similarity(vectors, [("cat", "cats", 9.0), ("cat", "catty", 5.0)]).used == 2


def test_analogies_are_right_when_the_answer_comes_first():
    vectors = WordVectors(["king", "queen", "man", "woman", "cabbage"],
                          [[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1], [-1, .1, .1]])
    sections = [("family", [("man", "king", "woman", "queen"), ("Man", "KING", "woman", "cabbage"),
                            ("man", "king", "woman", "duchess")]), ("none", [("a", "b", "c", "d")])]
    for method in ("add", "mul"):
        family, none = score_analogies(vectors, sections, method)
        assert (family.right, family.asked, family.questions, family.accuracy) == (1, 2, 3, 0.5)
        assert none.asked == 0 and np.isnan(none.accuracy)
    few = score_analogies(vectors, sections, most=3)  # without `woman`, no question can be asked
    assert few[0].asked == 0


@pytest.mark.peer
def test_the_scores_are_gensims(tmp_path, rng):
    models = pytest.importorskip("gensim.models")
    words = [f"w{i}" for i in range(60)]
    base = rng.standard_normal((60, 5))
    base[30:] = base[:30] + base[30] + 0.3 * rng.standard_normal((30, 5))  # w_i : w_{30+i} holds now and then
    ours, peer = WordVectors(words, base), models.KeyedVectors(5)
    peer.add_vectors(words, ours.vectors)
    (tmp_path / "pairs").write_text("".join(f"w{a}\tw{b}\t{score}\n" for a, b, score in rng.integers(0, 70, (80, 3))
                                           if a != b))
    (tmp_path / "questions").write_text(": one\n" + "".join(
        f"w{a} w{30 + a} w{b} w{30 + b}\n" for a, b in rng.integers(0, 32, (60, 2)) if a != b))
    _, theirs, unknown = peer.evaluate_word_pairs(str(tmp_path / "pairs"))
    score = score_similarity(ours, read_pairs(tmp_path / "pairs"))
    assert score.spearman == pytest.approx(theirs[0], abs=1e-6)
    assert 100 * (1 - score.coverage) == pytest.approx(unknown)
    accuracy, _ = peer.evaluate_word_analogies(str(tmp_path / "questions"))
    (section,) = score_analogies(ours, read_questions(tmp_path / "questions"))
    assert 0 < section.right < section.asked and section.accuracy == pytest.approx(accuracy)
