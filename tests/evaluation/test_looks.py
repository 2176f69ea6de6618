"""Figures of looks, counted by hand."""

import math

import numpy as np
import pytest

from minisat.evaluation.analysis import places_looked_at
from minisat.evaluation.looks import entropies, look_figures
from minisat.vision import CellGrid

GRID = CellGrid.even(3, 4)  # the border is all but places 5 and 6


def at(*places):
    return 0.5 * np.eye(12)[list(places)] + 0.5 / 12


def test_entropy_is_that_of_the_shares_whatever_they_sum_to():
    alphas = np.array([[0.25] * 4, [1.0, 0, 0, 0], [0.5, 0.5, 0, 0]])
    np.testing.assert_allclose(entropies(alphas), [math.log(4), 0, math.log(2)], atol=1e-12)
    np.testing.assert_allclose(entropies(alphas * [[0.1], [0.9], [1]]), entropies(alphas), atol=1e-12)
    assert places_looked_at(0.3 * np.full((2, 9), 1 / 9)) == pytest.approx(9)


def test_one_place_and_border_are_shares_of_a_captions_words():
    figures = look_figures(["one", "two"], [at(5, 5, 5, 0), at(6, 11)], GRID)
    assert figures["one_place"]["mean"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert figures["border"]["mean"] == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert (figures["border_places"], figures["places"], figures["border_chance"]) == (10, 12, 10 / 12)
    assert (figures["photos"], figures["words"], figures["most"]) == (2, 6, math.log(12))
    assert figures["per_image"]["one"]["one_place"] == 3 / 4 and figures["sentinel"] is None
    assert figures["entropy"]["low"] <= figures["entropy"]["mean"] <= figures["entropy"]["high"]


def test_the_sentinel_has_what_the_places_leave():
    figures = look_figures(["one", "two"], [at(5, 5), at(6, 6) * [[0.2], [0.4]]], GRID)
    assert figures["sentinel"]["mean"] == pytest.approx((0 + 0.7) / 2)
    assert figures["entropy"]["mean"] == pytest.approx(entropies(at(5)).item())


def test_a_word_that_looks_nowhere_has_no_place():
    looks = at(5, 5, 0) * [[1], [1], [0]]
    figures = look_figures(["one", "two"], [looks, 0 * at(3)], GRID)
    assert (figures["border"]["mean"], figures["one_place"]["mean"]) == (0, 1)
    assert figures["sentinel"]["mean"] == pytest.approx((1 / 3 + 1) / 2) and figures["words"] == 4
    assert set(figures["per_image"]["two"]) == {"sentinel"} and not entropies(0 * at(3)).any()


def test_looks_without_a_habit_peak_at_the_border_by_chance(rng):
    """7 × 7 places: 24 of 49 at the border."""
    alphas = rng.random((500, 10, 49))
    figures = look_figures([str(k) for k in range(500)], list(alphas), CellGrid.even(7, 7))
    assert figures["border_chance"] == 24 / 49
    assert figures["border"]["low"] < 24 / 49 < figures["border"]["high"]
