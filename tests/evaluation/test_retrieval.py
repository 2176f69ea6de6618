"""Retrieval ranks: by hand, with ties, and equal to the data folder's reference values."""

import json

import numpy as np
import pytest

from minisat.evaluation import annotation, image_search, per_prior

OWNERS = np.array([0, 0, 1, 1, 2])
SIMILARITY = np.array([[5.0, 1.0, 4.0, 0.0, 2.0],
                       [3.0, 2.0, 1.0, 6.0, 1.0],
                       [9.0, 8.0, 7.0, 6.5, 6.0]])


def test_ranks_counted_by_hand():
    assert image_search(SIMILARITY, OWNERS).ranks.tolist() == [2, 3, 3, 2, 1]
    assert annotation(SIMILARITY, OWNERS).ranks.tolist() == [1, 1, 5]


def test_figures_of_ranks_and_both_medians():
    figures = image_search(SIMILARITY, OWNERS).to_dict()
    assert figures == {"r1": 0.2, "r5": 1.0, "r10": 1.0, "median_rank": 2.0, "median_rank_karpathy": 2,
                       "mean_rank": 2.2}
    even = annotation(np.array([[1.0, 2.0], [1.0, 0.0]]), np.array([0, 1]))  # ranks 2 and 2
    assert even.median == 2.0 and even.median_karpathy == 2
    odd = even._replace(ranks=np.array([1, 2]))
    assert odd.median == 1.5 and odd.median_karpathy == 1


def test_whoever_ignores_the_photo_gains_nothing_by_ties():
    same = np.ones((4, 8))
    owners = np.repeat(np.arange(4), 2)
    assert image_search(same, owners).ranks.tolist() == [4] * 8
    assert annotation(same, owners).ranks.tolist() == [7] * 4  # the photo's own two do not count against each other


def test_the_prior_changes_annotation_and_not_image_search(rng):
    p = rng.random((6, 18)) ** 4
    owners = np.repeat(np.arange(6), 3)
    likely = np.log(p) - 1000.0 * rng.random(18)  # captions of very unlike likelihood; exp underflows
    corrected = per_prior(likely)
    np.testing.assert_allclose(corrected, np.log(p / p.mean(axis=0)), atol=1e-9)
    assert image_search(likely, owners).ranks.tolist() == image_search(corrected, owners).ranks.tolist()
    assert annotation(likely, owners).ranks.tolist() != annotation(corrected, owners).ranks.tolist()


def test_equal_to_the_reference_values(data_folder):
    cases = json.loads((data_folder / "metrics" / "retrieval.json").read_text(encoding="utf-8"))["cases"]
    for case in cases:
        similarity = np.array(case["similarity"])
        owners = np.repeat(np.arange(case["images"]), case["captions_per_image"])
        for key, ranks in (("image_search", image_search(similarity, owners)),
                           ("annotation", annotation(similarity, owners))):
            assert ranks.ranks.tolist() == case[key]["ranks"]
            for name, value in ranks.to_dict().items():
                assert value == pytest.approx(case[key][name], rel=0, abs=1e-11), (case["name"], key, name)
    assert len(cases) >= 3
