"""The table of looks: its intervals know of photos and of seeds, and a difference is tested on the same photos."""

import bench_looks
import numpy as np
import pytest
from bench_looks import ROUNDS, describe, difference, of_photos, over_seeds, row_of


def seed_of(values):
    mean, draws = of_photos({str(k): {"entropy": value} for k, value in enumerate(values)}, "entropy")
    return {"entropy": mean}, {"entropy": draws}


def width(pooled):
    low, high = np.quantile(pooled[1], (0.025, 0.975))
    return high - low


def test_a_mean_varies_with_photos_and_with_seeds(rng):
    """Photos: 1.96 · 2 / √400 each side. Three seeds that differ by a standard deviation of 1: 1.96 / √3 more."""
    photos = rng.normal(0, 2, 400)
    alone = over_seeds([seed_of(photos)], "entropy", rng)
    assert alone[0] == pytest.approx(photos.mean()) and width(alone) == pytest.approx(2 * 1.96 * 2 / 20, rel=0.15)
    variances = []
    for _ in range(200):  # of the drawn means, on average: what the mean of three such seeds does vary by
        offsets = rng.normal(size=3)
        variances.append(over_seeds([seed_of(np.full(4, offset)) for offset in offsets], "entropy", rng)[1].var())
    assert np.mean(variances) == pytest.approx(1 / 3, rel=0.2)


def test_photos_are_drawn_alike_for_all_so_that_they_cancel(rng):
    photos = rng.normal(0, 5, 100)
    first, second = (over_seeds([seed_of(photos + more)], "entropy", rng) for more in (0, 0.01))
    assert difference(first, second, 1) == f"0.010 (0.010 to 0.010) p {2 / (1 + ROUNDS):.3f}"
    assert difference(first, first, 1).endswith("p 1.000")


def test_photos_without_a_figure_are_left_out():
    mean, draws = of_photos({"a": {"border": 1.0}, "b": {}, "c": {"border": 0.0}}, "border")
    assert mean == 0.5 and np.unique(draws).tolist() == pytest.approx([0, 1 / 3, 0.5, 2 / 3, 1])
    assert of_photos({"a": {}}, "border") == (None, None)


def test_the_table_has_a_line_a_row_and_tests_against_the_first(monkeypatch):
    monkeypatch.setattr(bench_looks, "COLUMNS", {"entropy": ("entropy, nats", 1), "photo": ("occlusion", 1)})
    text = describe({"flat": [seed_of([3.0] * 9), seed_of([3.5] * 9)], "sharp": [seed_of([2.0] * 9)]})
    assert text.splitlines()[2] == "| flat | 2 | 3.250 (3.000 to 3.500) |"
    assert text.splitlines()[3] == "| sharp | 1 (photos alone) | 2.000 (2.000 to 2.000) |"
    assert text.splitlines()[-1].startswith("| sharp | -1.250 (-1.500 to -1.000) p 0.00")
    assert "occlusion" not in text and "No run" in describe({})


def test_rows_are_named_runs():
    row, ((name, path), _) = row_of("a = b=runs/one,runs/two")
    assert (row, name, path.name) == ("a = b", "runs-one", "one")
