"""Maps of words and tables of neighbours: the plane is PCA's, labels keep apart, the page is escaped and complete."""

import numpy as np
import pytest
from PIL import Image

from minisat.errors import UserError
from minisat.plots.labels import place_labels
from minisat.plots.word_vectors import neighbour_table, principal_plane, table_page, table_text, word_map
from minisat.text import WordVectors


def test_the_plane_shows_the_two_directions_in_which_vectors_vary_most(rng):
    """Held against the eigenvectors of the covariance; a copy turned in space gives the same picture."""
    vectors = rng.standard_normal((40, 5)) * [.1, 5, .2, 2, .1] + 3
    plane = principal_plane(vectors)
    values, directions = np.linalg.eigh(np.cov(vectors.T))
    projected = (vectors - vectors.mean(axis=0)) @ directions[:, :-3:-1]
    assert np.allclose(np.abs(plane.points), np.abs(projected))
    assert np.allclose(plane.shares, values[:-3:-1] / values.sum())
    mirrored = principal_plane(vectors[:, ::-1])
    assert np.allclose(mirrored.points, plane.points)


def test_a_plane_of_vectors_that_do_not_vary_is_a_point():
    plane = principal_plane(np.ones((4, 3)))
    assert not plane.points.any() and not plane.shares.any()
    assert principal_plane(np.array([[1.0], [2.0]])).points.shape == (2, 2)


def test_labels_hide_neither_points_nor_each_other(rng):
    """Ninety labels at random points: at their right, labels cover each other; placed, they do not."""
    points = rng.uniform(60, 940, (90, 2))
    sizes = np.column_stack([rng.uniform(25, 60, 90), np.full(90, 12)])

    def overlaps(centres):
        gap = np.abs(centres[:, None] - centres)
        touch = (gap < (sizes[:, None] + sizes) / 2).all(axis=2)
        return (touch.sum() - len(touch)) // 2

    naive = points + np.column_stack([sizes[:, 0] / 2 + 5, np.zeros(90)])
    centres, gaps = place_labels(points, sizes, (0, 0, 1000, 1000))
    assert overlaps(naive) > 5 and overlaps(centres) == 0
    inside = (np.abs(points[:, None] - centres) < sizes / 2).all(axis=2)
    assert not inside.any()
    assert ((centres - sizes / 2 >= 0) & (centres + sizes / 2 <= 1000)).all()
    assert np.median(gaps) == 5  # most are where one looks first


def test_labels_stay_inside_the_frame():
    centres, _ = place_labels([[99, 50], [1, 99]], [[40, 10], [40, 10]], (0, 0, 100, 100))
    assert centres[0][0] + 20 <= 100 and centres[1][0] - 20 >= 0 and centres[1][1] + 5 <= 100


@pytest.fixture
def files(rng):
    words = ["dog", "cat", "<b>|", "$x$", "naïve"]
    return {"one": WordVectors(words, rng.standard_normal((5, 6))),
            "two & more": WordVectors(words[:4], rng.standard_normal((4, 6)))}


def test_a_map_is_a_picture_with_its_words_in_it(tmp_path, files):
    plane = word_map(files["one"], [["dog", "cat"], ["$x$", "naïve"]], tmp_path / "map.png", "title")
    assert plane.points.shape == (4, 2)
    pixels = np.asarray(Image.open(tmp_path / "map.png").convert("RGB")).reshape(-1, 3)
    colours = {tuple(pixel) for pixel in np.unique(pixels, axis=0)}
    assert {(0x25, 0x63, 0xeb), (0xea, 0x58, 0x0c)} <= colours  # a group each
    word_map(files["one"], [["dog", "cat", "$x$", "naïve"]], tmp_path / "map.svg", "title")
    assert "naïve" in (tmp_path / "map.svg").read_text(encoding="utf-8")
    with pytest.raises(UserError, match="at least three"):
        word_map(files["one"], [["dog", "cat"]], tmp_path / "few.png", "title")


def test_the_table_holds_every_words_neighbours_in_every_file(files, tmp_path):
    table = neighbour_table(files, ["dog", "naïve"], 2)
    assert table["dog"]["one"] == files["one"].neighbours("dog", 2) and table["naïve"]["two & more"] == []
    lines = table_text(table).splitlines()
    assert lines[0].split("|")[1:4] == [" word  ", " one".ljust(len(lines[0].split("|")[2])),
                                        " two & more".ljust(len(lines[0].split("|")[3]))]
    assert len({len(line.replace("\\|", "")) for line in lines[:2]}) == 1 and lines[3].rstrip(" |").endswith("–")
    table_page(neighbour_table(files, ["dog", "naïve", "<b>|"], 3), tmp_path / "table.html", "A <title>", "About")
    page = (tmp_path / "table.html").read_text(encoding="utf-8")
    assert "A &lt;title&gt;" in page and "two &amp; more" in page and "&lt;b&gt;|" in page and "<b>|" not in page
    assert "not among its words" in page and "{{" not in page and "://" not in page


def test_neighbours_that_more_files_name_are_tinted_deeper(tmp_path):
    same = WordVectors(["a", "b", "c"], [[1, 0], [.9, .1], [0, 1]])
    other = WordVectors(["a", "b", "c"], [[1, 0], [0, 1], [.9, .1]])
    table_page(neighbour_table({"x": same, "y": same, "z": other}, ["a"], 1), tmp_path / "table.html", "t")
    page = (tmp_path / "table.html").read_text()
    assert page.count('data-tint="5"><span>b') == 2 and page.count('data-tint="0"><span>c') == 1
