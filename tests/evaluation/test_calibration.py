"""Calibration: an exact case by hand, a captioner that means what it says, and one that boasts."""

import numpy as np

from minisat.evaluation.calibration import calibration
from minisat.plots.calibration import reliability_figure


def test_a_case_by_hand():
    """Two bins of 15: 3/4 of the words with p 0.5 on average, 2 of 3 right; one word with p 0.9, wrong."""
    found = calibration([0, 0, 1, 1], [0.48, 0.50, 0.52, 0.9], [1, 1, 0, 0])
    assert np.isclose(found["ece"], 3 / 4 * abs(0.5 - 2 / 3) + 1 / 4 * 0.9)
    assert [entry["words"] for entry in found["bins"]] == [3, 1] and found["words"] == 4
    assert np.isclose(found["bins"][0]["mean_p"], 0.5) and np.isclose(found["bins"][0]["right"], 2 / 3)
    assert found["right"] == 0.5 and np.isclose(found["mean_p"], 0.6)
    assert calibration([0], [1.0], [1])["bins"][0]["high"] == 1   # p = 1 falls into the last bin


def test_the_interval_knows_who_boasts(rng):
    """Words that are right as often as p says: next to no error. Those that are right half as often: half of mean p."""
    p, photos = rng.random(6000), np.repeat(np.arange(600), 10)
    honest = calibration(photos, p, rng.random(6000) < p)
    boasting = calibration(photos, p, rng.random(6000) < p / 2)
    assert honest["ece"] < 0.03 and honest["interval"][1] < 0.04
    assert boasting["interval"][0] < boasting["ece"] < boasting["interval"][1] and abs(boasting["ece"] - 0.25) < 0.03


def test_photos_are_drawn_whole(rng):
    """Where the words of a photo are right or wrong together, the interval is wider than with words on their own."""
    p, right = np.full(900, 0.5), np.repeat(rng.random(30) < 0.5, 30)
    narrow, wide = (np.ptp(calibration(photos, p, right)["bins"][0]["interval"])
                    for photos in (np.arange(900), np.repeat(np.arange(30), 30)))
    assert wide > 3 * narrow


def test_the_figure_has_every_bin(rng):
    """A point and a bar a bin, at the place that its numbers say; text that is escaped."""
    p = rng.random(500)
    found = calibration(np.arange(500), p, rng.random(500) < p)
    svg = reliability_figure({"next_word": found, "own_words": found})
    assert svg.count("<circle") == svg.count('class="bar"') == 2 * len(found["bins"]) == 30
    first = found["bins"][0]
    assert f'cx="{round(58 + 300 * first["mean_p"], 1)}" cy="{round(364 - 300 * first["right"], 1)}"' in svg
    assert "prefers-color-scheme: dark" in svg and "person's" not in svg and "person&#x27;s" in svg
