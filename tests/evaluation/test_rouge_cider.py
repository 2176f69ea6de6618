"""ROUGE-L, CIDEr and CIDEr-D against coco-caption's values, on cases carried here and on those of the data folder."""

import numpy as np
import pytest
from reference_scores import corpora, words

from minisat.evaluation import Cider, rouge_l
from minisat.evaluation.rouge import longest_common_subsequence

# Invented sentences: a caption and its references. The values below are those of coco-caption's own scorers.
PHOTOS = [("a small red boat drifts over a quiet lake", ["a red boat drifts on a lake", "the boat is on quiet water"]),
          ("two geese cross the road", ["two geese are crossing a wet road", "geese walk over the road in a row"]),
          ("a man a man a man", ["a man paints a wooden fence", "someone paints the fence"]),
          ("", ["a kite above the trees", "a kite flies"])]
"""{photo: (caption, references)}."""
ROUGE = [0.767295597484, 0.485411140584, 0.5, 0.0]
CIDER_D = [1.713618814696, 1.624283452797, 0.36337675157, 0.0]


def prepared():
    return [words(caption) for caption, _ in PHOTOS], [[words(r) for r in references] for _, references in PHOTOS]


def test_longest_common_subsequence_allows_gaps_but_keeps_the_order():
    assert longest_common_subsequence(list("abcde"), list("xaybzc")) == 3
    assert longest_common_subsequence(list("abc"), list("cba")) == 1
    assert longest_common_subsequence([], list("a")) == 0


def test_known_rouge():
    np.testing.assert_allclose([rouge_l(*pair) for pair in zip(*prepared())], ROUGE, rtol=0, atol=1e-11)


def test_known_cider_d():
    captions, references = prepared()
    cider = Cider(references)
    np.testing.assert_allclose([cider.score(c, i)[1] for i, c in enumerate(captions)], CIDER_D, rtol=0, atol=1e-11)


def test_the_best_precision_and_the_best_recall_may_come_from_different_references():
    assert rouge_l(words("a b"), [words("a b c d e f"), words("a")]) == 1


def test_two_empty_captions_are_equal_as_in_coco_caption():
    assert rouge_l([], [[]]) == pytest.approx(1) and rouge_l([], [["a"]]) == rouge_l(["a"], [[]]) == 0


def test_of_one_photo_cider_is_nothing():
    assert Cider([[words("a red boat")]]).score(words("a red boat"), 0) == (0, 0)


def test_repeating_a_word_pays_in_cider_but_not_in_cider_d():
    references = [[words("a red boat on a lake")], [words("two geese walk")]]
    cider = Cider(references)
    plain, clipped = cider.score(words("boat boat boat boat boat boat"), 0)
    fair = cider.score(words("a boat on a lake"), 0)
    assert clipped < fair[1] and clipped < plain
    assert cider.score(references[0][0], 0) == pytest.approx((10, 10))


def test_without_references_there_is_no_score():
    for broken in (lambda: rouge_l(["a"], []), lambda: Cider([]), lambda: Cider([[]])):
        with pytest.raises(ValueError):
            broken()


def test_equal_to_the_reference_implementation_on_real_captions(data_folder):
    """Every corpus and every single image of the folder metrics/ to 1e-9."""
    compared = 0
    for hypotheses, references, case in corpora(data_folder):
        cider = Cider(references)
        plain, clipped = np.array([cider.score(h, i) for i, h in enumerate(hypotheses)]).T
        rouge = np.array([rouge_l(h, r) for h, r in zip(hypotheses, references)])
        for key, values in (("rouge_l", rouge), ("cider", plain), ("cider_d", clipped)):
            np.testing.assert_allclose(values, case["per_image"][key], rtol=0, atol=1e-9, err_msg=key)
            assert values.mean() == pytest.approx(case["corpus"][key], abs=1e-9)
        compared += 1
    assert compared >= 50
